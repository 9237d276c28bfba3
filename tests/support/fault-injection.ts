// Loaded into a service by `node --import`, in every thread of it: pictures that carry a mark kill or hang the worker thread
// that they reach, and SIGUSR2 puts the clock an hour forward, then an hour back, in turns.
import { getEnvironmentData, isMainThread, parentPort, setEnvironmentData } from 'node:worker_threads';

/** Behind the end of a JPEG these bytes change no pixel. */
export const marks = {
  /** The thread dies each time. */
  dies: 'pawprint test: this thread dies',
  /** The thread dies the first time, and every other. */
  diesOnce: 'pawprint test: this thread dies the first time',
  /** The thread runs an endless loop. */
  loops: 'pawprint test: this thread loops',
} as const;

const key = 'pawprint fault injection';
/** By how many seconds the clock is wrong, and how often a diesOnce was seen; the same memory in all threads. */
const shared = isMainThread
  ? new Int32Array(new SharedArrayBuffer(8))
  : (getEnvironmentData(key) as unknown as Int32Array<SharedArrayBuffer>);
setEnvironmentData(key, shared);

function jumpingClock(): void {
  const real = Date.now.bind(Date);
  const now = (): number => real() + 1000 * (shared[0] ?? 0);
  globalThis.Date = new Proxy(Date, {
    construct: (target, args) => (args.length === 0 ? new target(now()) : (Reflect.construct(target, args) as Date)),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
  if (isMainThread) process.on('SIGUSR2', () => (shared[0] = (shared[0] ?? 0) > 0 ? -3600 : 3600));
}

function fallibleThread(): void {
  const port = parentPort;
  if (port === null) return;
  const listen = port.on.bind(port);
  port.on = ((event: string, listener: (jobs: unknown) => void) =>
    listen(event, (message: unknown) => {
      listener(message); // the work has begun
      for (const { bytes } of message as readonly { readonly bytes?: Uint8Array }[]) failAsMarked(bytes);
    })) as typeof port.on;
}

function failAsMarked(bytes: Uint8Array = new Uint8Array()): void {
  const end = Buffer.from(bytes.slice(-64)).toString('latin1');
  if (end.endsWith(marks.dies) || (end.endsWith(marks.diesOnce) && Atomics.add(shared, 1, 1) % 2 === 0))
    process.exit(7);
  if (end.endsWith(marks.loops)) for (;;);
}

// In a test it is only read for the marks.
if (process.execArgv.some((argument) => argument.includes('fault-injection'))) {
  jumpingClock();
  if (!isMainThread) fallibleThread();
}
