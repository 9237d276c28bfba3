import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sampleTrial } from './sample.ts';
import type { IntervalRange } from './space.ts';

const interval = (more: Partial<IntervalRange>): IntervalRange => ({
  form: 'interval',
  name: 'train.lr',
  path: [],
  min: 0.001,
  max: 0.1,
  scale: 'linear',
  whole: false,
  ...more,
});

test('values lie in their range, whole ones are whole, and depend on seed and trial alone', () => {
  const size = fc.integer({ min: 1, max: 500 });
  const drawn = fc.record({
    min: size,
    span: size,
    log: fc.boolean(),
    whole: fc.boolean(),
    seed: fc.nat(),
    trial: size,
  });
  fc.assert(
    fc.property(drawn, ({ log, whole, seed, trial, ...ends }) => {
      const unit = whole ? 1 : 0.001;
      const [min, max] = [ends.min * unit, (ends.min + ends.span) * unit];
      const range = interval({ min, max, scale: log ? 'log' : 'linear', whole });
      const other = interval({ name: 'train.weightDecay' });
      const value = sampleTrial([range], seed, trial)['train.lr'];
      assert.ok(typeof value === 'number' && value >= min && value <= max);
      assert.ok(!whole || Number.isInteger(value));
      assert.equal(sampleTrial([other, range], seed, trial)['train.lr'], value);
    }),
  );
});

test('log spreads evenly over ratios, whole numbers reach both ends, a list every entry', () => {
  const trials = Array.from({ length: 3000 }, (_, i) => i + 1);
  const draw = (range: Parameters<typeof sampleTrial>[0][number]): unknown[] =>
    trials.map((trial) => sampleTrial([range], 7, trial)[range.name]);
  const small = draw(interval({ scale: 'log' })).filter((value) => Number(value) < 0.01).length;
  assert.ok(Math.abs(small / trials.length - 0.5) < 0.04, `${small}`);
  const whole = draw(interval({ min: 2, max: 4, whole: true }));
  for (const value of [2, 3, 4])
    assert.ok(Math.abs(whole.filter((each) => each === value).length / trials.length - 1 / 3) < 0.04);
  const list = draw({ form: 'list', name: 'x', path: [], values: ['a', 'b'] });
  assert.deepEqual(new Set(list), new Set(['a', 'b']));
});
