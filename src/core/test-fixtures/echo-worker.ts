// A worker for worker-pool.test.ts: doubles numbers, and fails, crashes, stalls or hangs when told to.
import { execFileSync } from 'node:child_process';
import { workerData } from 'node:worker_threads';
import { PawprintError } from '../errors.ts';
import { serveWorker } from '../worker-pool.ts';

serveWorker((request: number | 'user error' | 'bug' | 'crash' | 'stall' | 'loop' | 'native' | 'data') => {
  if (request === 'user error') throw new PawprintError('IMAGE_UNREADABLE', { message: 'm', hint: 'h' });
  if (request === 'bug') throw new TypeError('a bug');
  if (request === 'crash') process.exit(7);
  if (request === 'loop') for (;;);
  if (request === 'native') execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, 3000)']);
  if (request === 'stall') return new Promise(() => undefined);
  return typeof request === 'number' ? request * 2 : (workerData as unknown);
});
