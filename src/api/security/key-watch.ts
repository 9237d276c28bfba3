// The key ring of a running service: its file is read again when it has changed, so that a key is revoked without a
// restart. Looked at by stat each second, because fs.watch hears nothing on many mounts (NFS, ConfigMaps).
import { stat } from 'node:fs/promises';
import { PawprintError } from '../../core/index.ts';
import { createKeyRing, type KeyRing } from './api-keys.ts';
import { readKeyFile } from './key-file.ts';

export interface WatchedKeyRing extends KeyRing {
  /** Looks at the file now. Never throws. */
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}

export interface KeyWatchOptions {
  /** Absolute. */
  readonly path: string;
  readonly now: () => Date;
  /** Told in words what became of a change: read (true), or not usable (false). */
  readonly onChange: (usable: boolean, words: string) => void;
}

const everyMs = 1000;

/**
 * Reads the file and goes on watching it. Throws as `readKeyFile` when the first reading fails: a service never starts
 * without the keys it was told of. A file that is damaged or gone later leaves the keys of before in force.
 */
export async function watchKeyFile({ path, now, onChange }: KeyWatchOptions): Promise<WatchedKeyRing> {
  // The mark is taken before the reading: what is written in between shows as a change the next time.
  let mark = await markOf(path);
  let ring = createKeyRing(await readKeyFile(path), now);
  const look = async (): Promise<void> => {
    const current = await markOf(path);
    if (current === mark) return;
    mark = current;
    try {
      const entries = await readKeyFile(path);
      ring = createKeyRing(entries, now);
      onChange(true, `${entries.length} API keys`);
    } catch (error) {
      const why = error instanceof PawprintError ? [error.message, error.expected].join('; expected ') : 'unreadable';
      onChange(false, `the keys of before stay in force: ${why}`);
    }
  };
  // One look after another, also when one takes longer than a second.
  let looking = Promise.resolve();
  const refresh = (): Promise<void> => (looking = looking.then(look));
  const timer = setInterval(() => void refresh(), everyMs).unref();
  return {
    check: (header, scope) => ring.check(header, scope),
    refresh,
    close: () => {
      clearInterval(timer);
    },
  };
}

/** What changes when the file does, also by a rename or behind a symbolic link. */
async function markOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'not there';
  }
}
