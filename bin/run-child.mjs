// Runs a child in this process's place: its input and output, its signals, its exit code.
// Plain JavaScript for Node 16 and later.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Resolves to the exit code of `command`: its own, or 128 + the signal that ended it. SIGINT, SIGTERM and SIGHUP are
 * passed on; the channel lets a child notice when this process dies without a word.
 */
export function runChild(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const { channel = false, ...rest } = options;
    const stdio = channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit';
    const child = spawn(command, args, { ...rest, stdio });
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 1)));
  });
}
