// The lines of one file as a stream, with their numbers: memory holds one chunk and one line.
import { createReadStream } from 'node:fs';

export interface NumberedLine {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** False for a last line that has no newline. */
  readonly ended: boolean;
}

const newline = 0x0a;

/** Throws what the system says, and RangeError with the line's number for a line of more than `maxBytes`. */
export async function* readLines(path: string, maxBytes: number): AsyncGenerator<NumberedLine> {
  let parts: Buffer[] = [];
  let held = 0;
  let number = 1;
  const hold = (bytes: Buffer): void => {
    held += bytes.length;
    if (held > maxBytes) throw new RangeError(String(number));
    if (bytes.length > 0) parts.push(bytes);
  };
  const take = (ended: boolean): NumberedLine => {
    const bytes = Buffer.concat(parts);
    parts = [];
    held = 0;
    return { number: number++, bytes, ended };
  };
  for await (const data of createReadStream(path)) {
    const chunk = data as Buffer;
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      hold(chunk.subarray(from, at));
      yield take(true);
      from = at + 1;
    }
    hold(chunk.subarray(from));
  }
  if (held > 0) yield take(false);
}
