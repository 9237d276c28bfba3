import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { createWorkerPool, workerScript, type WorkerPool } from './worker-pool.ts';

function echoPool(t: TestContext, size: number, workerData?: unknown): WorkerPool<unknown, unknown> {
  const script = new URL('./test-fixtures/echo-worker.ts', import.meta.url);
  const pool = createWorkerPool<unknown, unknown>(script, { size, workerData, closeGraceMs: 50 });
  t.after(() => pool.close());
  return pool;
}

test('requests beyond the number of workers wait their turn and all get their own answer', async (t) => {
  const pool = echoPool(t, 2);
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => pool.run(i)));
  assert.deepEqual(
    answers,
    Array.from({ length: 50 }, (_, i) => i * 2),
  );
});

test('workerData reaches every worker', async (t) => {
  assert.deepEqual(await echoPool(t, 1, { paw: [1] }).run('data'), { paw: [1] });
});

test('a bound on the young generation reaches every worker, and bounds nothing else', async (t) => {
  const workers: Worker[] = [];
  const remember = (worker: Worker): void => void workers.push(worker);
  process.on('worker', remember);
  t.after(() => process.off('worker', remember));
  const script = new URL('./test-fixtures/echo-worker.ts', import.meta.url);
  const free = createWorkerPool<number, number>(script, { size: 1 });
  const bounded = createWorkerPool<number, number>(script, { size: 2, youngGenerationMb: 6 });
  t.after(() => Promise.all([free.close(), bounded.close()]));
  await Promise.all([free.run(1), bounded.run(1), bounded.run(2)]);
  const limits = workers.map(({ resourceLimits }) => resourceLimits);
  assert.deepEqual(
    limits.slice(1).map((each) => each?.maxYoungGenerationSizeMb),
    [6, 6],
  );
  assert.ok((limits[0]?.maxYoungGenerationSizeMb ?? 0) > 6);
  assert.equal(limits[1]?.maxOldGenerationSizeMb, limits[0]?.maxOldGenerationSizeMb);
});

test('a user error crosses the thread with its code and hint, a bug with its words; the worker goes on', async (t) => {
  const pool = echoPool(t, 1);
  await assert.rejects(pool.run('user error'), { name: 'PawprintError', code: 'IMAGE_UNREADABLE', hint: 'h' });
  await assert.rejects(pool.run('bug'), /TypeError: a bug/);
  assert.equal(await pool.run(4), 8);
});

test('a worker that dies fails the request that it held and is replaced', async (t) => {
  const pool = echoPool(t, 1);
  const crashed = pool.run('crash');
  const after = [pool.run(1), pool.run(2)];
  await assert.rejects(crashed, /exited with code 7/);
  assert.deepEqual(await Promise.all(after), [2, 4]);
});

/** Counts the threads that this process starts, and resolves `ended(n)` once n of them are gone. */
function watchWorkers(t: TestContext): {
  readonly started: readonly Worker[];
  readonly ended: (count: number) => Promise<void>;
} {
  const started: Worker[] = [];
  let [gone, wake] = [0, (): void => undefined];
  const remember = (worker: Worker): void => {
    started.push(worker);
    worker.once('exit', () => {
      gone++;
      setImmediate(() => wake());
    });
  };
  process.on('worker', remember);
  t.after(() => process.off('worker', remember));
  return {
    started,
    ended: async (count) => {
      while (gone < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

test('a worker that dies while idle is replaced before anybody asks', async (t) => {
  const { started, ended } = watchWorkers(t);
  const pool = echoPool(t, 1);
  assert.equal(await pool.run('crash later'), undefined);
  // Its thread is not waited for by the process, so something must be.
  const awake = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(awake));
  await ended(1);
  assert.equal(started.length, 2);
  assert.equal(await pool.run(3), 6);
  assert.equal(started.length, 2);
});

test('workers that die again and again are not started forever, only once more when asked', async (t) => {
  const { started, ended } = watchWorkers(t);
  const awake = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(awake));
  const pool = echoPool(t, 1, 'dies idle');
  await ended(4);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const unasked = started.length;
  assert.equal(unasked, 4, 'the first and three in its place');
  await pool.run(1).catch((error: unknown) => assert.match(String(error), /exited with code 9/));
  assert.ok(started.length > unasked);
});

test('a pool whose workers could not start tries again when asked, and does not leave the asker waiting', async (t) => {
  const { started, ended } = watchWorkers(t);
  const awake = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(awake));
  const pool = createWorkerPool(new URL('./test-fixtures/absent.ts', import.meta.url), { size: 2 });
  t.after(() => pool.close());
  await ended(2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(started.length, 2, 'nobody asked');
  await assert.rejects(pool.run(1), /absent/);
});

test('a script that cannot start fails every request instead of leaving them waiting', async (t) => {
  const pool = createWorkerPool(new URL('./test-fixtures/absent.ts', import.meta.url), { size: 2 });
  t.after(() => pool.close());
  const settled = await Promise.allSettled([pool.run(1), pool.run(2), pool.run(3)]);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
});

test('closing rejects what waits and what is under way with CANCELLED, and so does asking afterwards', async (t) => {
  const pool = echoPool(t, 1);
  const running = pool.run('stall');
  const waiting = pool.run(1);
  const outcome = Promise.allSettled([running, waiting]);
  await pool.close();
  for (const result of await outcome)
    assert.equal(result.status === 'rejected' && (result.reason as { code?: string }).code, 'CANCELLED');
  await assert.rejects(pool.run(1), { code: 'CANCELLED' });
});

test('a pool that is closed while its workers start and answer lets the process end by itself', async () => {
  // Was: a late answer let go of a worker that was being ended, and the process left in mid-await with exit code 13.
  const script = new URL('./test-fixtures/close-early.ts', import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(script)]);
  assert.equal(stdout, 'closed 12 times\n');
});

test('worker scripts are .ts in the clone and .js in the package', () => {
  assert.equal(workerScript('file:///a/src/x.ts', 'w').href, 'file:///a/src/w.ts');
  assert.equal(workerScript('file:///a/dist/x.js', 'w').href, 'file:///a/dist/w.js');
});
