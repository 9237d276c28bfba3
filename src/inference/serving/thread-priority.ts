// Worker threads stand back for the thread that talks HTTP: it needs a fifth of a core, but under overload it would wait
// for its turn for longer than it runs, and /health with it.
import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

/** As `nice` counts: a third of the share of a thread at 0, where both want the core; all of it where nobody else does. */
const steps = 5;

/** Lowers the priority of the calling thread. On Linux alone: elsewhere, and where /proc is closed, it stays as it is. */
export function lowerThreadPriority(): void {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(constants.priority.PRIORITY_LOW, getPriority(thread) + steps));
  } catch {
    // Without it answers are the same.
  }
}
