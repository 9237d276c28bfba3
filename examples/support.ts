// What the examples share: they type the commands that a user types, in a folder of their own under examples/out/.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const program = resolve(import.meta.dirname, '../bin/pawprint.mjs');

/** `--photos DIR` (class folders, or train/ and test/ with such in them); undefined: drawn pictures will do. */
export const photosFlag = (): string | undefined => {
  const { values } = parseArgs({ options: { photos: { type: 'string' } } });
  return values.photos === undefined ? undefined : resolve(values.photos);
};

/** An empty folder for this example. */
export function workFolder(name: string): string {
  const folder = join(import.meta.dirname, 'out', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Shows a command, runs it in `cwd`, and returns what it printed; ends the example when it fails. */
export function pawprint(cwd: string, ...args: readonly string[]): string {
  console.log(`\n$ pawprint ${args.join(' ')}`);
  const { status, stdout } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!args.includes('--json')) process.stdout.write(stdout);
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

/** Copies the first `count` pictures of each class of `from` to `to`. */
export function copySome(from: string, to: string, count: number): void {
  for (const name of readdirSync(from, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()) {
    mkdirSync(join(to, name), { recursive: true });
    for (const file of readdirSync(join(from, name)).sort().slice(0, count))
      cpSync(join(from, name, file), join(to, name, file));
  }
}
