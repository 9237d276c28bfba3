// Tools of Python for the tests that compare with others: each set in a virtual environment of its own below
// ~/.cache/pawprint-peers, made when it is missing or another version is asked for.
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type PythonTools =
  /** The folder of the environment's programs. */
  | { readonly bin: string }
  /** Why there are none, in plain words. */
  | { readonly missing: string };

/** The environment `name` with the packages of a requirements file, versions and all. */
export async function pythonTools(name: string, requirementsPath: string): Promise<PythonTools> {
  const folder = join(homedir(), '.cache/pawprint-peers', name);
  const bin = join(folder, 'bin');
  const requirements = await readFile(requirementsPath, 'utf8');
  // Written last: an environment without it was never finished.
  const record = join(folder, 'installed.txt');
  if ((await readFile(record, 'utf8').catch(() => undefined)) === requirements) return { bin };
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, '..'), { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '-r', requirementsPath]);
    await writeFile(record, requirements);
    return { bin };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') return { missing: 'there is no python3 here' };
    return { missing: `Python's packages cannot be installed: ${stderr.trim().split('\n').at(-1) ?? ''}` };
  }
}
