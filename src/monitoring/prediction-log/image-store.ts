// The pictures themselves, for those who ask to keep them: each once, under the digest of its bytes, beside the log.
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hashBytes, writeFileAtomic } from '../../core/index.ts';
import type { ImageFormat } from '../../image/index.ts';
import { dropReasonOf } from './drop-reasons.ts';
import type { LogObserver } from './json-lines-log.ts';

export interface ImageStoreOptions extends LogObserver {
  /** The folder of the log. */
  readonly directory: string;
  /** Pictures that may wait for the disk. 64 MiB unless told. */
  readonly maxWaitingBytes?: number;
}

export interface ImageStore {
  /** Has the picture stored behind the caller's back; its SHA-256. Never throws, never waits. `bytes` must not change. */
  put(bytes: Uint8Array, format: ImageFormat): string;
  /** Removes pictures that nobody has sent since. Does not throw. */
  removeUnseenSince(since: Date): void;
  /** Ends once everything is stored, or after `withinMs`; what is not is dropped. Does not throw. */
  close(withinMs: number): Promise<void>;
}

const extensions: Readonly<Partial<Record<ImageFormat, string>>> = { jpeg: 'jpg', tiff: 'tif' };
const imagesFolder = 'images';
/** Entered by its owner and group: the pictures may show people. */
const folderMode = 0o750;

/** Where a picture of the log in `directory` lies. */
export function imagePath(directory: string, sha256: string, format: ImageFormat): string {
  return join(directory, imagesFolder, sha256.slice(0, 2), `${sha256}.${extensions[format] ?? format}`);
}

export function createImageStore(options: ImageStoreOptions): ImageStore {
  const { directory, maxWaitingBytes = 64 * 2 ** 20, onWritten, onDropped, onHealth } = options;
  let chain: Promise<unknown> = Promise.resolve();
  let [waitingBytes, waitingImages] = [0, 0];
  let [healthy, closed] = [true, false];

  const become = (now: boolean, error: unknown): void => {
    if (healthy !== now) onHealth?.(now, error);
    healthy = now;
  };
  /** After `close` has given up on a picture it is counted as dropped already. */
  const tell = (observe: () => void): void => {
    if (!closed) observe();
  };
  const store = async (path: string, bytes: Uint8Array): Promise<void> => {
    try {
      await mkdir(join(directory, imagesFolder), { recursive: true, mode: folderMode });
      const isNew = !(await touch(path, bytes.length));
      if (isNew) await writeFileAtomic(path, bytes);
      become(true, null);
      tell(() => onWritten?.({ lines: 1, bytes: isNew ? bytes.length : 0 }));
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      become(false, cause);
      tell(() => onDropped?.({ lines: 1, reason: dropReasonOf(cause) }));
    } finally {
      waitingBytes -= bytes.length;
      waitingImages--;
    }
  };

  return {
    put: (bytes, format) => {
      const sha256 = hashBytes('sha256', bytes);
      const room = waitingBytes + bytes.length <= maxWaitingBytes;
      if (closed || !room) onDropped?.({ lines: 1, reason: closed ? 'closed' : 'buffer_full' });
      else {
        waitingBytes += bytes.length;
        waitingImages++;
        chain = chain.then(() => store(imagePath(directory, sha256, format), bytes));
      }
      return sha256;
    },
    removeUnseenSince: (since) => {
      chain = chain.then(() => removeOlder(join(directory, imagesFolder), since)).catch(() => undefined);
    },
    close: async (withinMs) => {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([chain, new Promise((resolve) => (timer = setTimeout(resolve, withinMs)))]);
      clearTimeout(timer);
      closed = true;
      if (waitingImages > 0) onDropped?.({ lines: waitingImages, reason: 'closed' });
    },
  };
}

/** Whether the picture is there; then it counts as seen now. */
async function touch(path: string, bytes: number): Promise<boolean> {
  try {
    if ((await stat(path)).size !== bytes) return false;
    const now = new Date();
    await utimes(path, now, now);
    return true;
  } catch {
    return false;
  }
}

async function removeOlder(folder: string, since: Date): Promise<void> {
  for (const shard of await readdir(folder))
    for (const name of await readdir(join(folder, shard))) {
      const path = join(folder, shard, name);
      if ((await stat(path)).mtime < since) await rm(path, { force: true });
    }
}
