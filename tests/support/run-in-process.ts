// Runs the command line in this process: as run-pawprint.ts, without the second that a new Node takes to start.
import { Readable, Writable } from 'node:stream';
import { commandTable } from '../../src/cli/command-table.ts';
import { runCli } from '../../src/cli/run.ts';

export interface InProcessOutcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

class Memory extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs `pawprint ...args` in the folder `cwd` with `stdin` as standard input. */
export async function runInProcess(
  args: readonly string[],
  { cwd, stdin }: { readonly cwd: string; readonly stdin?: Uint8Array },
): Promise<InProcessOutcome> {
  const [stdout, stderr] = [new Memory(), new Memory()];
  const exitCode = await runCli(args, {
    commands: commandTable,
    cwd,
    env: {},
    signal: new AbortController().signal,
    interruption: () => undefined,
    stdin: Readable.from(stdin === undefined ? [] : [stdin]),
    stdout,
    stderr,
    stderrIsTerminal: false,
    columns: () => 80,
    now: () => new Date(0),
    version: '0.1.0',
  });
  return { exitCode, out: stdout.text, err: stderr.text };
}
