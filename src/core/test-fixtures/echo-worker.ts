// A worker for worker-pool.test.ts: doubles numbers, and fails, crashes (at once, or while idle) or stalls when told to.
import { workerData } from 'node:worker_threads';
import { PawprintError } from '../errors.ts';
import { serveWorker } from '../worker-pool.ts';

if (workerData === 'dies idle') setImmediate(() => process.exit(9));
serveWorker((request: number | 'user error' | 'bug' | 'crash' | 'crash later' | 'stall' | 'data') => {
  if (request === 'user error') throw new PawprintError('IMAGE_UNREADABLE', { message: 'm', hint: 'h' });
  if (request === 'bug') throw new TypeError('a bug');
  if (request === 'crash') process.exit(7);
  if (request === 'crash later') return void setImmediate(() => process.exit(8));
  if (request === 'stall') return new Promise(() => undefined);
  return request === 'data' ? (workerData as unknown) : request * 2;
});
