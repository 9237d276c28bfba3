// A file whose last line has no newline: its writer died (or its disk filled up and could not be cleaned) in the middle.
import type { FileHandle } from 'node:fs/promises';

const chunkBytes = 65_536;
const newline = 0x0a;

/**
 * Makes the open file end in a newline, and returns its size. What follows the last newline is kept and ended when it is
 * a whole JSON object (only its newline was missing: the entry is real), and cut off when it is not: a part of an entry
 * tells nothing and would make the file unreadable. A strict part of an object is never an object, so that nothing is
 * taken for whole that is not.
 */
export async function repairTornLine(handle: FileHandle, maxLineBytes: number): Promise<number> {
  const { size } = await handle.stat();
  const start = await lastLineStart(handle, size);
  if (start === size) return size;
  if (size - start <= maxLineBytes && isJsonObject(await readRange(handle, start, size))) {
    await handle.write('\n', size);
    return size + 1;
  }
  await handle.truncate(start);
  return start;
}

/** Where the text after the last newline begins; the size of the file when nothing follows it. */
async function lastLineStart(handle: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; end -= chunkBytes) {
    const from = Math.max(0, end - chunkBytes);
    const at = (await readRange(handle, from, end)).lastIndexOf(newline);
    if (at >= 0) return from + at + 1;
  }
  return 0;
}

async function readRange(handle: FileHandle, from: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - from);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** Whether the text is one JSON object from its first brace to its last. */
export function isJsonObject(text: Buffer | string): boolean {
  try {
    const value: unknown = JSON.parse(text.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
