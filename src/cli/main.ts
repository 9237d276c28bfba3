// The process around the command line: reads argv and the environment, turns signals into one AbortSignal, and is
// the only place that ends the process. bin/pawprint.mjs imports this file on a Node that can run it.
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { PawprintError } from '../core/index.ts';
import { commandTable } from './command-table.ts';
import { runCli, type Interruption } from './run.ts';

// Ctrl-C reaches the whole foreground group, and bin/pawprint.mjs passes it on once more: one press, two signals.
const samePressMs = 300;

/** Turns the first signal, or a closed output, into one abort and the exit code that goes with it. */
class Interrupter {
  readonly controller = new AbortController();
  interruption: Interruption | undefined;

  /** `reason` is what library code throws on. Only the first counts. */
  interrupt(interruption: Interruption, reason: string): void {
    if (this.interruption !== undefined) return;
    this.interruption = interruption;
    this.controller.abort(new PawprintError('CANCELLED', { message: reason }));
  }
}

/** The first signal asks for a clean stop, the second ends at once. */
function listenForSignals(interrupter: Interrupter): void {
  let firstMs: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // 128 + the signal's number, as shells report it: 130 for Ctrl-C, 143 for SIGTERM.
    const exitCode = 128 + constants.signals[name];
    process.on(name, () => {
      if (firstMs !== undefined && performance.now() - firstMs > samePressMs) endAtOnce();
      if (firstMs === undefined) process.stderr.write('\npawprint: stopping cleanly (once more to stop at once)\n');
      firstMs ??= performance.now();
      interrupter.interrupt({ exitCode, silent: false }, `stopped by ${name}`);
    });
  }
}

/** A reader that closes the pipe early (`| head`) has what it wanted: stop, without a word. */
function listenForClosedPipe(interrupter: Interrupter): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (stream === process.stdout) interrupter.interrupt({ exitCode: 0, silent: true }, 'nobody reads the output');
    });
}

/** Not by process.exit: ending worker threads inside native code is a crash with words of its own. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** When the launcher of bin/pawprint.mjs is killed without a word (kill -9), so is this process. */
function followLauncher(): void {
  if (process.channel === undefined) return;
  process.on('disconnect', endAtOnce);
  process.channel.unref();
}

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (parsed as { version: string }).version;
}

async function main(): Promise<void> {
  followLauncher();
  const interrupter = new Interrupter();
  listenForSignals(interrupter);
  listenForClosedPipe(interrupter);
  const exitCode = await runCli(process.argv.slice(2), {
    commands: commandTable,
    cwd: process.cwd(),
    env: Object.freeze({ ...process.env }),
    signal: interrupter.controller.signal,
    interruption: () => interrupter.interruption,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    stderrIsTerminal: process.stderr.isTTY,
    columns: () => process.stderr.columns || 80,
    now: () => new Date(),
    version: readVersion(),
  });
  process.exit(exitCode);
}

await main();
