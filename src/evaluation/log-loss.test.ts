// Log loss: the plain formula where it works, the right limit where it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { logLoss, softplus } from './log-loss.ts';

test('softplus is right in the middle and at both ends', () => {
  assert.equal(softplus(0), Math.LN2);
  assert.equal(softplus(1000), 1000);
  assert.equal(softplus(-1000), 0);
  assert.ok(Math.abs(softplus(-40) - Math.exp(-40)) < 1e-30);
});

test('a certain mistake costs its logit, and never Infinity', () => {
  const loss = logLoss([0], { values: [800], width: 1 }, { classCount: 2 });
  assert.equal(loss, 800);
  assert.equal(logLoss([1], { values: [800, 0, 0], width: 3 }, { classCount: 3 }), 800);
});

test('one logit z and the pair (0, z) are the same model', () => {
  fc.assert(
    fc.property(fc.double({ min: -50, max: 50, noNaN: true }), fc.integer({ min: 0, max: 1 }), (z, label) => {
      const one = logLoss([label], { values: [z], width: 1 }, { classCount: 2, temperature: 1.3 });
      const two = logLoss([label], { values: [0, z], width: 2 }, { classCount: 2, temperature: 1.3 });
      assert.ok(Math.abs(one - two) < 1e-12 * Math.max(1, Math.abs(z)));
    }),
    { numRuns: 100, seed: 5 },
  );
});

test('empty, mismatched, NaN and infinite input is refused', () => {
  const two = { classCount: 2 };
  assert.throws(() => logLoss([], { values: [], width: 1 }, two), { code: 'SCORES_INVALID' });
  assert.throws(() => logLoss([0, 1], { values: [1], width: 1 }, two), { code: 'SCORES_INVALID' });
  assert.throws(() => logLoss([0], { values: [NaN], width: 1 }, two), { code: 'SCORES_INVALID' });
  assert.throws(() => logLoss([0], { values: [Infinity], width: 1 }, two), { code: 'SCORES_INVALID' });
  assert.throws(() => logLoss([2], { values: [1], width: 1 }, two), { code: 'SCORES_INVALID' });
  assert.throws(() => logLoss([0], { values: [1], width: 1 }, { classCount: 3 }), { code: 'SCORES_INVALID' });
});
