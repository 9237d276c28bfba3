// One file of a log, open for appending: whole lines or none.
import { type FileHandle, open } from 'node:fs/promises';
import { repairTornLine } from './torn-line.ts';

export interface AppendResult {
  /** How many of the lines, from the first, are in the file. */
  readonly lines: number;
  readonly bytes: number;
  /** Why it is not all of them; null: it is. The file is then to be closed: what it holds is no longer known for sure. */
  readonly error: Error | null;
}

export interface JsonLinesFile {
  /** Bytes of whole lines. */
  readonly size: number;
  /** Appends lines that each end in a newline, in one write where the system takes them in one. Does not throw. */
  append(lines: readonly Buffer[]): Promise<AppendResult>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Throw EEXIST when the file is there. */
  readonly fresh: boolean;
  readonly maxLineBytes: number;
}

/** Readable by its owner and group: the lines say what people looked at. */
const mode = 0o640;

/** Opens or makes a file and repairs its last line. Throws what the system says. */
export async function openJsonLinesFile(path: string, { fresh, maxLineBytes }: OpenOptions): Promise<JsonLinesFile> {
  const handle = await open(path, fresh ? 'ax+' : 'a+', mode);
  try {
    return asFile(handle, await repairTornLine(handle, maxLineBytes));
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

function asFile(handle: FileHandle, startSize: number): JsonLinesFile {
  let size = startSize;
  return {
    get size() {
      return size;
    },
    append: async (lines) => {
      const data = Buffer.concat(lines);
      let written = 0;
      let error: Error | null = null;
      try {
        while (written < data.length) {
          const { bytesWritten } = await handle.write(data, written);
          if (bytesWritten === 0) throw new Error('the system wrote nothing');
          written += bytesWritten;
        }
        const found = await handle.stat();
        // A file that somebody removed takes lines and shows them to nobody: they are to be written again.
        if (found.nlink === 0) return { lines: 0, bytes: 0, error: removed() };
        // Cut or added to by somebody else (logrotate's copytruncate): the lines are in it, elsewhere than thought.
        size = found.size - written;
      } catch (caught) {
        error = caught instanceof Error ? caught : new Error(String(caught));
      }
      const whole = wholeLines(lines, written);
      size += whole.bytes;
      // Where even this fails, the next one to open the file repairs it, and a reader takes the rest for a torn line.
      if (written > whole.bytes) await handle.truncate(size).catch(() => undefined);
      return { ...whole, error };
    },
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

function removed(): Error {
  return Object.assign(new Error('the file was removed while it was written'), { code: 'ENOENT' });
}

/** The lines that `written` bytes hold from first to last byte. */
function wholeLines(lines: readonly Buffer[], written: number): { readonly lines: number; readonly bytes: number } {
  let [count, bytes] = [0, 0];
  for (const line of lines) {
    if (bytes + line.length > written) break;
    bytes += line.length;
    count++;
  }
  return { lines: count, bytes };
}
