// A worker for worker-pool.test.ts: doubles numbers, and fails, crashes or stalls when told to.
import { workerData } from 'node:worker_threads';
import { PawprintError } from '../errors.ts';
import { serveWorker } from '../worker-pool.ts';

serveWorker((request: number | 'user error' | 'bug' | 'crash' | 'stall' | 'data') => {
  if (request === 'user error') throw new PawprintError('IMAGE_UNREADABLE', { message: 'm', hint: 'h' });
  if (request === 'bug') throw new TypeError('a bug');
  if (request === 'crash') process.exit(7);
  if (request === 'stall') return new Promise(() => undefined);
  return request === 'data' ? (workerData as unknown) : request * 2;
});
