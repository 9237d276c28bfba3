// `pawprint serve` as a process on a free port, for the tests that ask it over HTTP.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloneBinary, repositoryRoot } from './run-pawprint.ts';

/** A model of the box. */
export const boxModel = (name: 'cnn' | 'transfer'): string => join(repositoryRoot, `models/cats-vs-dogs/${name}.onnx`);

export interface RunningService {
  readonly url: string;
  readonly child: ChildProcess;
  /** JSON lines of the log so far; a line that is still being written is left out. */
  readonly log: () => Record<string, unknown>[];
  /** What it wrote to stderr so far. */
  readonly err: () => string;
  /** SIGTERM, unless it has ended; resolves to its exit code, null where a signal ended it. */
  readonly stop: () => Promise<number | null>;
  /** Ends it at once, if it still runs. */
  readonly kill: () => Promise<void>;
}

export interface ServiceSettings {
  readonly cwd: string;
  /** A path; the transfer model of the box unless told. */
  readonly model?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of Node itself. */
  readonly nodeArgs?: readonly string[];
}

/** Starts the real command and waits until it says that it answers. Throws, with its stderr, when it ends before. */
export async function startService(args: readonly string[], settings: ServiceSettings): Promise<RunningService> {
  const { cwd, model = boxModel('transfer'), env, nodeArgs = [] } = settings;
  const child = spawn(process.execPath, [...nodeArgs, cloneBinary, 'serve', '--model', model, '--port', '0', ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      const [, address] = /answers at (http:\S+)/.exec(err) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject).once('exit', () => reject(new Error(`the service ended: ${err}`)));
  });
  return {
    url,
    child,
    log: () =>
      out
        .slice(0, out.lastIndexOf('\n') + 1)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    err: () => err,
    stop: async () => {
      child.kill('SIGTERM');
      const [exitCode] = await ended;
      return exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Memory that a process holds, MB (Linux). */
export function residentMb({ pid }: ChildProcess): number {
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** Threads of a process (Linux). */
export function threadCount({ pid }: ChildProcess): number {
  return readdirSync(`/proc/${pid}/task`).length;
}
