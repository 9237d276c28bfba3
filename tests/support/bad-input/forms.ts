// Forms written by hand, good and broken.

/** One part of a form: its header lines as they stand, and its data. */
export interface FormPart {
  readonly headers: readonly string[];
  readonly data: Buffer;
}

export const boundary = 'pawprint-boundary';
export const formType = `multipart/form-data; boundary=${boundary}`;

/** A file's part. Names are written as they are, bytes above 127 as Latin-1. */
export function filePart(data: Buffer, { field = 'file', name = 'photo.jpg', type = 'image/jpeg' } = {}): FormPart {
  return {
    headers: [`Content-Disposition: form-data; name="${field}"; filename="${name}"`, `Content-Type: ${type}`],
    data,
  };
}

export function fieldPart(field: string, value: string): FormPart {
  return { headers: [`Content-Disposition: form-data; name="${field}"`], data: Buffer.from(value) };
}

/** The body of a form, its end as it should be unless told. */
export function formBody(parts: readonly FormPart[], end = `--${boundary}--\r\n`): Buffer {
  const written = parts.flatMap(({ headers, data }) => [
    Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1'),
    data,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...written, Buffer.from(end)]);
}
