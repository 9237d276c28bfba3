// A service under measurement: started, watched until it is ready, its CPU time and memory read from /proc (Linux).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { get } from 'node:http';

export interface ServerCommand {
  readonly file: string;
  readonly args: (port: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface ServerProcess {
  readonly port: number;
  /** From the start of the process to the first 200 of GET /ready. */
  readonly readySeconds: number;
  /** CPU seconds up to then. */
  readonly readyCpuSeconds: number;
  /** Of all threads, user and system, since the start. */
  cpuSeconds(): number;
  /** Peak resident memory so far, and what is resident now; of the latter what is no file's. */
  memory(): { readonly peakMb: number; readonly nowMb: number; readonly anonymousMb: number };
  stop(): Promise<void>;
}

/** Clock ticks a second in /proc/<pid>/stat. */
const ticks = 100;
const patienceSeconds = 120;

/** Starts a service and resolves when it is ready. Its output goes nowhere, but complaints. */
export async function startServer({ file, args, env, cwd }: ServerCommand): Promise<ServerProcess> {
  const port = await freePort();
  const start = performance.now();
  const child = spawn(file, args(port), { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env }, cwd });
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`${file} ended with code ${child.exitCode}: ${complaints}`);
    if (performance.now() - start > patienceSeconds * 1000)
      throw new Error(`${file} does not get ready: ${complaints}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const readySeconds = (performance.now() - start) / 1000;
  return {
    port,
    readySeconds,
    readyCpuSeconds: cpuSeconds(child),
    cpuSeconds: () => cpuSeconds(child),
    memory: () => memory(child),
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await ended;
      clearTimeout(patience);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/ready', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}

/** The process and the children that it has waited for. */
function cpuSeconds({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8');
  // After the name in brackets: fields 3 and on; utime, stime, cutime, cstime are 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / ticks;
}

function memory({ pid }: ChildProcess): ReturnType<ServerProcess['memory']> {
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  const megabytes = (name: string): number =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024) / 1e6;
  return { peakMb: megabytes('VmHWM'), nowMb: megabytes('VmRSS'), anonymousMb: megabytes('RssAnon') };
}
