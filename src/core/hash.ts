// Digests of bytes and files, streamed so that memory does not grow with the file.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { asPawprintError } from './errors.ts';

export type HashAlgorithm = 'md5' | 'sha256';

/** Lower-case hexadecimal digest of bytes or of a string's UTF-8 bytes. */
export function hashBytes(algorithm: HashAlgorithm, bytes: Uint8Array | string): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

/** Lower-case hexadecimal digest of a file's bytes. */
export async function hashFile(algorithm: HashAlgorithm, path: string): Promise<string> {
  const hash = createHash(algorithm);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  } catch (error) {
    throw asPawprintError(error, `reading ${path}`);
  }
  return hash.digest('hex');
}
