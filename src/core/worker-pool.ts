// A fixed set of worker threads that answer one request each at a time, in the order asked. A worker's script calls
// `serveWorker(handler)`; the pool replaces a worker that dies, busy or idle, and fails the request that it held.
import { availableParallelism } from 'node:os';
import { parentPort, Worker, type Transferable } from 'node:worker_threads';
import { PawprintError, type ErrorCode } from './errors.ts';

/** An error's plain form: errors lose their class on the way between threads. */
export interface WireError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly expected: string | undefined;
  readonly received: string | undefined;
  readonly hint: string | undefined;
}
type Reply =
  | { readonly ready: true }
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: WireError };

interface Job<In, Out> {
  readonly input: In;
  readonly transfer: readonly Transferable[];
  readonly resolve: (value: Out) => void;
  readonly reject: (error: unknown) => void;
}

/** A pool of workers that run `handler(In): Out`. */
export interface WorkerPool<In, Out> {
  readonly size: number;
  /** Queues one request. `transfer` moves buffers instead of copying them. */
  run(input: In, transfer?: readonly Transferable[]): Promise<Out>;
  /**
   * Ends the workers; waiting requests and those under way are rejected with CANCELLED at once. A worker is let finish
   * what it is at (up to `closeGraceMs`): a thread that is ended inside native code takes the whole process along.
   */
  close(): Promise<void>;
}

const defaultCloseGraceMs = 20_000;
/** So many deaths in a row with no answer between them are no accident: from then on a request must ask for a worker. */
const mostFruitlessDeaths = 3;

/** How many threads to use when nobody says: every core. */
export function defaultWorkerCount(): number {
  return availableParallelism();
}

/** The URL of a worker script beside `importMetaUrl`: `.ts` in the clone, `.js` in the built package. */
export function workerScript(importMetaUrl: string, name: string): URL {
  return new URL(`./${name}${importMetaUrl.endsWith('.ts') ? '.ts' : '.js'}`, importMetaUrl);
}

export interface WorkerPoolOptions {
  readonly size?: number;
  readonly workerData?: unknown;
  readonly closeGraceMs?: number;
  /**
   * How much short-lived memory a worker's JavaScript may gather between collections; V8's choice unless told, which
   * on a large machine grows past 100 MB a worker, whatever little of it is in use.
   */
  readonly youngGenerationMb?: number;
}

/** Starts `size` workers on `script`. `workerData` reaches each as `workerData` of node:worker_threads. */
export function createWorkerPool<In, Out>(script: URL, options: WorkerPoolOptions = {}): WorkerPool<In, Out> {
  const { size = defaultWorkerCount(), workerData, closeGraceMs = defaultCloseGraceMs, youngGenerationMb } = options;
  const resourceLimits = youngGenerationMb === undefined ? {} : { maxYoungGenerationSizeMb: youngGenerationMb };
  const queue: Job<In, Out>[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job<In, Out>>();
  const starting = new Set<Worker>();
  let fruitlessDeaths = 0;
  let closed = false;

  const cancelled = (): PawprintError => new PawprintError('CANCELLED', { message: 'the worker pool was closed' });
  const dispatch = (): void => {
    while (!closed && queue.length > 0 && idle.length > 0) {
      const worker = idle.pop();
      const job = queue.shift();
      if (worker === undefined || job === undefined) return;
      busy.set(worker, job);
      worker.ref();
      worker.postMessage(job.input, job.transfer);
    }
  };
  const startWorker = (): void => {
    const worker = new Worker(script, { workerData, resourceLimits });
    worker.unref();
    starting.add(worker);
    let failure: unknown;
    worker.on('message', (reply: Reply) => {
      starting.delete(worker);
      if ('ready' in reply) return;
      fruitlessDeaths = 0;
      const job = busy.get(worker);
      busy.delete(worker);
      // Not once it is closing: the process must stay until the thread has ended.
      if (!closed) worker.unref();
      idle.push(worker);
      if (reply.ok) job?.resolve(reply.value as Out);
      else job?.reject(fromWire(reply.error));
      dispatch();
    });
    worker.on('error', (error) => {
      failure = error;
    });
    worker.on('exit', (code) => {
      const wasReady = !starting.delete(worker);
      const job = busy.get(worker);
      busy.delete(worker);
      const at = idle.indexOf(worker);
      if (at >= 0) idle.splice(at, 1);
      job?.reject(closed ? cancelled() : (failure ?? new Error(`a worker thread exited with code ${code}`)));
      // One that could not start is not tried again by itself: the next would fail like it.
      const replace = job !== undefined || (wasReady && ++fruitlessDeaths <= mostFruitlessDeaths);
      if (!closed && replace) startWorker();
      else if (!closed && busy.size === 0 && idle.length === 0)
        for (const waiting of queue.splice(0)) waiting.reject(failure ?? new Error('no worker thread could start'));
      dispatch();
    });
    idle.push(worker);
  };
  for (let i = 0; i < size; i++) startWorker();

  return {
    size,
    run: (input, transfer = []) =>
      new Promise<Out>((resolve, reject) => {
        if (closed) {
          reject(cancelled());
          return;
        }
        queue.push({ input, transfer, resolve, reject });
        if (idle.length === 0 && busy.size < size) startWorker();
        dispatch();
      }),
    close: async () => {
      closed = true;
      for (const job of [...queue.splice(0), ...busy.values()]) job.reject(cancelled());
      const isWorking = (worker: Worker): boolean => starting.has(worker) || busy.has(worker);
      const working = [...idle, ...busy.keys()].filter(isWorking);
      await Promise.all(working.map((worker) => waitWhile(() => isWorking(worker), worker, closeGraceMs)));
      await Promise.all([...idle, ...busy.keys()].map((worker) => worker.terminate()));
    },
  };
}

/** Resolves when a message or the end of `worker` has made `isWorking` false, or after `graceMs`. */
async function waitWhile(isWorking: () => boolean, worker: Worker, graceMs: number): Promise<void> {
  worker.ref();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, graceMs);
    const look = (): void => {
      if (isWorking()) return;
      clearTimeout(timer);
      resolve();
    };
    worker.on('message', look).on('exit', look);
  });
}

/** The plain form of any error. */
export function toWire(error: unknown): WireError {
  if (error instanceof PawprintError) {
    const { code, message, expected, received, hint } = error;
    return { code, message, expected, received, hint };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: undefined, message, expected: undefined, received: undefined, hint: undefined };
}

/** The error again: a PawprintError where it was one. */
export function fromWire(wire: WireError): Error {
  if (wire.code === undefined) return new Error(wire.message);
  return new PawprintError(wire.code, {
    message: wire.message,
    ...(wire.expected === undefined ? {} : { expected: wire.expected }),
    ...(wire.received === undefined ? {} : { received: wire.received }),
    ...(wire.hint === undefined ? {} : { hint: wire.hint }),
  });
}

/** Called once by a worker's script: answers each message with what `handler` returns or throws. */
// In is named so that a worker's script can say `serveWorker<Request, Reply>` beside the pool's own types.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function serveWorker<In, Out>(
  handler: (input: In) => Out | Promise<Out>,
  transfer: (output: Out) => readonly Transferable[] = () => [],
): void {
  const port = parentPort;
  if (port === null) throw new Error('serveWorker was called outside a worker thread');
  port.postMessage({ ready: true } satisfies Reply);
  port.on('message', (input: In) => {
    void (async () => {
      try {
        const value = await handler(input);
        port.postMessage({ ok: true, value } satisfies Reply, transfer(value));
      } catch (error) {
        port.postMessage({ ok: false, error: toWire(error) } satisfies Reply);
      }
    })();
  });
}
