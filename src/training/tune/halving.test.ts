import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plannedEpochs, planRungs } from './halving.ts';
import { bestTrial, promote, rankTrials, type TrialRecord } from './trial-record.ts';

test('the bracket of Li et al. (Hyperband 2018, table 1, s = 4): 81 · 1, 27 · 3, 9 · 9, 3 · 27, 1 · 81', () => {
  const rungs = planRungs({ trials: 81, reductionFactor: 3, minEpochs: 1, maxEpochs: 81 });
  assert.deepEqual(
    rungs.map(({ trials, epochs }) => [trials, epochs]),
    [
      [81, 1],
      [27, 3],
      [9, 9],
      [3, 27],
      [1, 81],
    ],
  );
  assert.equal(plannedEpochs(rungs), 5 * 81);
});

test('whatever the numbers: the first rung has every trial, the last all epochs, none is empty', () => {
  const number = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(number, number, number, fc.integer({ min: 2, max: 6 }), (trials, minEpochs, maxEpochs, eta) => {
      const rungs = planRungs({ trials, minEpochs, maxEpochs, reductionFactor: eta });
      assert.equal(rungs[0]?.trials, trials);
      assert.equal(rungs.at(-1)?.epochs, maxEpochs);
      rungs.forEach((rung, i) => {
        assert.ok(rung.trials >= 1 && rung.epochs >= Math.min(minEpochs, maxEpochs));
        const before = rungs[i - 1];
        if (before === undefined) return;
        assert.ok(rung.epochs > before.epochs && rung.trials === Math.floor(trials / eta ** i));
      });
    }),
  );
});

const record = (trial: number, rung: number, logLoss: number | null, accuracy = 0.5): TrialRecord => ({
  trial,
  rung,
  epochs: 2 ** rung,
  epochsTrained: 2 ** rung,
  values: {},
  status: logLoss === null ? 'failed' : 'done',
  logLoss,
  accuracy: logLoss === null ? null : accuracy,
  failure: logLoss === null ? 'TRAINING_DIVERGED: loss NaN' : null,
  seconds: 1,
});

test('ranking: later rungs first, then the metric; failed trials last and never promoted', () => {
  const first = [record(1, 1, 0.7, 0.6), record(2, 1, null), record(3, 1, 0.2, 0.5), record(4, 1, 0.4, 0.9)];
  assert.deepEqual(promote(first, 'log-loss', 2), [3, 4]);
  assert.deepEqual(promote(first, 'accuracy', 2), [1, 4]);
  assert.deepEqual(promote(first, 'log-loss', 4), [1, 3, 4]);
  const all = [...first, record(3, 2, 0.3), record(4, 2, null)];
  const order = rankTrials(all, 'log-loss').map(({ trial, rung }) => [trial, rung]);
  assert.deepEqual(order, [
    [3, 2],
    [4, 1],
    [1, 1],
    [2, 1],
  ]);
  assert.equal(bestTrial(all, 'log-loss')?.trial, 3);
  assert.equal(bestTrial([record(2, 1, null)], 'log-loss'), null);
});
