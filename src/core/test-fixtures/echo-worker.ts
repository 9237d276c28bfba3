// A worker for worker-pool.test.ts: doubles numbers, and fails, crashes (at once, or while idle), stalls or hangs when told
// to.
import { execFileSync } from 'node:child_process';
import { workerData } from 'node:worker_threads';
import { PawprintError } from '../errors.ts';
import { serveWorker } from '../worker-pool.ts';

type Order = 'user error' | 'bug' | 'crash' | 'crash later' | 'stall' | 'loop' | 'native' | 'data';

if (workerData === 'dies idle') setImmediate(() => process.exit(9));
serveWorker((request: number | Order) => {
  if (request === 'user error') throw new PawprintError('IMAGE_UNREADABLE', { message: 'm', hint: 'h' });
  if (request === 'bug') throw new TypeError('a bug');
  if (request === 'crash') process.exit(7);
  if (request === 'crash later') return void setImmediate(() => process.exit(8));
  if (request === 'loop') for (;;);
  if (request === 'native') execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, 3000)']);
  if (request === 'stall') return new Promise(() => undefined);
  return typeof request === 'number' ? request * 2 : (workerData as unknown);
});
