// Pictures as a browser's form sends them: multipart/form-data, every picture in a field `file`.
import { randomBytes } from 'node:crypto';

export interface FormFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface FormBody {
  readonly body: Buffer;
  readonly headers: { readonly 'content-type': string };
}

/** The boundary is random, so that no picture holds it. */
export function encodeForm(files: readonly FormFile[]): FormBody {
  const boundary = `pawprint-${randomBytes(16).toString('hex')}`;
  const parts = files.flatMap(({ name, bytes }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${escapeName(name)}"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    ),
    bytes,
    Buffer.from('\r\n'),
  ]);
  return {
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** As the HTML standard has browsers do it. */
function escapeName(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}
