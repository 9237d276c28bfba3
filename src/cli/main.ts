// The process around the command line: reads argv and the environment, turns signals into one AbortSignal, and is
// the only place that ends the process. bin/pawprint.mjs imports this file on a Node that can run it.
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { PawprintError } from '../core/index.ts';
import { commandTable } from './command-table.ts';
import { runCli } from './run.ts';

// Ctrl-C reaches the whole foreground group, and bin/pawprint.mjs passes it on once more: one press, two signals.
const samePressMs = 300;

/** The first signal asks for a clean stop, the second ends at once. Returns the exit code of the one that came. */
function listenForSignals(controller: AbortController): () => number | undefined {
  let exitCode: number | undefined;
  let firstMs = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (exitCode !== undefined) {
        if (performance.now() - firstMs > samePressMs) process.exit(exitCode);
        return;
      }
      // 128 + the signal's number, as shells report it: 130 for Ctrl-C, 143 for SIGTERM.
      exitCode = 128 + constants.signals[name];
      firstMs = performance.now();
      process.stderr.write('\npawprint: stopping cleanly (once more to stop at once)\n');
      controller.abort(new PawprintError('CANCELLED', { message: `stopped by ${name}` }));
    });
  return () => exitCode;
}

/** When the launcher of bin/pawprint.mjs is killed without a word (kill -9), so is this process. */
function followLauncher(): void {
  if (process.channel === undefined) return;
  process.on('disconnect', () => process.exit(128 + constants.signals.SIGKILL));
  process.channel.unref();
}

/** A reader that closes the pipe early (`| head`) has what it wanted: stop, without a word. */
function listenForClosedPipe(controller: AbortController): () => boolean {
  let closed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
    controller.abort(new PawprintError('CANCELLED', { message: 'nobody reads the output any more' }));
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return () => closed;
}

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (parsed as { version: string }).version;
}

async function main(): Promise<void> {
  followLauncher();
  const controller = new AbortController();
  const signalExitCode = listenForSignals(controller);
  const pipeClosed = listenForClosedPipe(controller);
  const exitCode = await runCli(process.argv.slice(2), {
    commands: commandTable,
    cwd: process.cwd(),
    env: Object.freeze({ ...process.env }),
    signal: controller.signal,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    stderrIsTerminal: process.stderr.isTTY,
    columns: () => process.stderr.columns || 80,
    now: () => new Date(),
    version: readVersion(),
  });
  // Work that ended well in spite of a late signal is done, not interrupted.
  process.exit(exitCode === 0 ? 0 : (signalExitCode() ?? (pipeClosed() ? 0 : exitCode)));
}

await main();
