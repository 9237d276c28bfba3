// Where the worker threads of the check start.
import { workerScript } from '../../core/index.ts';

export function checkWorkerScript(): URL {
  return workerScript(import.meta.url, 'check-worker');
}
