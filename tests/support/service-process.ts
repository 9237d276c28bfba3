// The real `pawprint serve` as a child process on a free port.
import { type ChildProcess, spawn } from 'node:child_process';
import { cloneBinary } from './run-pawprint.ts';

export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Resolves when it says that it answers; `args` come behind `serve --port 0`. */
export async function startServiceProcess(cwd: string, ...args: string[]): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [cloneBinary, 'serve', '--port', '0', ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, address] = /answers at (http:\S+)/.exec(said) ?? [];
      if (address !== undefined) resolve(`${address}/`);
    });
    child.once('exit', () => reject(new Error(`the service ended: ${said}`)));
  });
  return { url, child };
}
