// Runs the real pawprint command in a child process, as a user's shell would.
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** What bin/pawprint.mjs of the clone is started with; tests of a packed one give their own path. */
export const cloneBinary = fileURLToPath(new URL('../../bin/pawprint.mjs', import.meta.url));

export interface Outcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The command to run instead of the clone's pawprint. */
  readonly command?: readonly [string, ...string[]];
  /** Called once the child runs, to signal it or close its pipes. */
  readonly meanwhile?: (child: ChildProcess) => void;
}

/** Runs `pawprint ...args` to its end. */
export async function runPawprint(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [command, ...before] = options.command ?? [process.execPath, cloneBinary];
  const child = spawn(command, [...before, ...args], {
    cwd: options.cwd ?? repositoryRoot,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  options.meanwhile?.(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      resolve({ exitCode, signal, out, err });
    });
  });
}
