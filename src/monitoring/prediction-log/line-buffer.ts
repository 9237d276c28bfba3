// Lines that wait for the disk, in order, in bounded memory.
import type { z } from 'zod';

/** What a log can hold: anything that knows its time, UTC, as `Date.prototype.toISOString` writes it. */
export interface TimedEntry {
  readonly time: string;
}

export interface Line {
  /** UTC: 2026-11-25. */
  readonly day: string;
  /** With its newline. */
  readonly bytes: Buffer;
}

/** The day becomes part of a file's name. */
const timePattern = /^\d{4}-\d{2}-\d{2}T/;

/** The line of an entry; undefined when it is none of the schema, or too long. Does not throw. */
export function lineOf<Entry extends TimedEntry>(
  entry: Entry,
  schema: z.ZodType<Entry>,
  maxBytes: number,
): Line | undefined {
  try {
    if (!schema.safeParse(entry).success || !timePattern.test(entry.time)) return undefined;
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
    return bytes.length > maxBytes ? undefined : { day: entry.time.slice(0, 10), bytes };
  } catch {
    // An entry with getters that throw, or a cycle.
    return undefined;
  }
}

export interface LineBuffer {
  readonly length: number;
  /** False when there is no room. */
  add(line: Line): boolean;
  first(): Line | undefined;
  /** The first lines that are of `day`, up to `maxBytes`, but at least one when there is one. They stay in the buffer. */
  front(day: string, maxBytes: number): Buffer[];
  /** Takes out the first `count`. */
  remove(count: number): void;
  /** Empties it; says how many lines that were. */
  clear(): number;
}

export function createLineBuffer(maxBytes: number): LineBuffer {
  let lines: Line[] = [];
  let held = 0;
  return {
    get length() {
      return lines.length;
    },
    add: (line) => {
      if (held + line.bytes.length > maxBytes) return false;
      lines.push(line);
      held += line.bytes.length;
      return true;
    },
    first: () => lines[0],
    front: (day, most) => {
      const front: Buffer[] = [];
      let total = 0;
      for (const line of lines) {
        total += line.bytes.length;
        if (line.day !== day || (front.length > 0 && total > most)) break;
        front.push(line.bytes);
      }
      return front;
    },
    remove: (count) => {
      for (const { bytes } of lines.splice(0, count)) held -= bytes.length;
    },
    clear: () => {
      const count = lines.length;
      lines = [];
      held = 0;
      return count;
    },
  };
}
