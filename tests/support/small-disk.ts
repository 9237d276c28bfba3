// A disk that fills up: a tmpfs of a megabyte or two, where the tests may mount one.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Mounts a file system of this size (`size=1m`, and other options of tmpfs) on a folder, which is made when missing. */
export async function mountSmallDisk(directory: string, options: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]);
}

export async function unmountSmallDisk(directory: string): Promise<void> {
  await run('umount', [directory]);
}

/** Why no file system can be mounted here, in plain words, or false. */
export async function whyNoSmallDisk(): Promise<string | false> {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root, to mount a small file system';
  const probe = await mkdtemp(join(tmpdir(), 'pawprint-mount-'));
  try {
    await mountSmallDisk(probe, 'size=1m');
    await unmountSmallDisk(probe);
    return false;
  } catch {
    return 'mounting is not allowed here';
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}
