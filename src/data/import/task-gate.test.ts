// The gate keeps to its bound and hands on the first failure.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTaskGate } from './task-gate.ts';

test('never more than its places at once, and all are run', async () => {
  const gate = createTaskGate(3);
  let running = 0;
  let most = 0;
  let done = 0;
  for (let i = 0; i < 20; i++)
    await gate.run(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done += 1;
    });
  await gate.settled();
  assert.deepEqual([most, done, running], [3, 20, 0]);
});

test('the first failure stops the next start and is thrown once all have settled', async () => {
  const gate = createTaskGate(1);
  await gate.run(() => Promise.reject(new Error('first')));
  await assert.rejects(
    gate.run(() => Promise.resolve()),
    /first/,
  );
  await gate.settled();
  assert.throws(() => gate.throwIfFailed(), /first/);
});
