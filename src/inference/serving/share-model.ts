// A model file whose bytes lie in memory that threads share: a thread's start, or a swap, copies none of them.
import type { ModelFile } from '../../models/index.ts';

/** The same file; itself when its bytes are shared already. */
export function shareModel(file: ModelFile): ModelFile {
  if (file.bytes.buffer instanceof SharedArrayBuffer) return file;
  const bytes = new Uint8Array(new SharedArrayBuffer(file.bytes.length));
  bytes.set(file.bytes);
  return { ...file, bytes };
}
