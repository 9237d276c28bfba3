// pawprint serve as a process on a free port.
import { type ChildProcess, spawn } from 'node:child_process';
import { cloneBinary } from './run-pawprint.ts';

export interface ServeProcess {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Starts the real command and waits until it says that it answers; the caller kills `child`. */
export async function startServe(args: readonly string[], cwd: string): Promise<ServeProcess> {
  const child = spawn(process.execPath, [cloneBinary, 'serve', '--port', '0', ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      const [, address] = /answers at (http:\S+)/.exec(err) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', () => reject(new Error(`the service ended: ${err}`)));
  });
  return { url, child };
}
