// Notices that a model file was replaced: by a rename, by a symbolic link that points elsewhere (as Kubernetes mounts do),
// or by being written again. Looks instead of being told: file events do not cross mounts and network shares.
import { stat } from 'node:fs/promises';

export interface WatchOptions {
  readonly intervalMs: number;
  /** The fingerprint that counts as no change: of the file before it was read. As it is now unless told. */
  readonly since?: string | null;
  /** Called once for each change, when the file has stood still for one interval; not called again while it runs. */
  readonly onChange: () => Promise<void>;
}

/** Looks at `path` from now on; a file that is gone for a while is no change. Ends when `stop` is called. */
export async function watchModelFile(
  path: string,
  { intervalMs, since, onChange }: WatchOptions,
): Promise<{ readonly stop: () => void }> {
  let seen = since ?? (await fingerprint(path));
  let candidate: string | null = null;
  let stopped = false;
  const look = async (): Promise<void> => {
    const found = await fingerprint(path);
    if (found === null || found === seen) candidate = null;
    else if (found !== candidate) candidate = found;
    else {
      [seen, candidate] = [found, null];
      await onChange();
    }
  };
  const schedule = (): void => {
    setTimeout(() => {
      if (stopped) return;
      void look().finally(schedule);
    }, intervalMs).unref();
  };
  schedule();
  return {
    stop: () => {
      stopped = true;
    },
  };
}

/** What changes when a file does; null when there is none. Follows symbolic links. */
export async function fingerprint(path: string): Promise<string | null> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs].join();
  } catch {
    return null;
  }
}
