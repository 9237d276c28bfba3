// Familiarity: the classes that photos fall into, and a threshold that keeps its false-alarm rate.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../core/index.ts';
import { familiarityThreshold, findFamiliarClasses } from './familiarity.ts';

test('familiar are the fewest classes that hold nine tenths of the probability', () => {
  // Classes 3 and 1 hold all but 2 · e^−9 of it.
  const logits = Float32Array.of(0, 9, 0, 10, 0, 9, 0, 10);
  const { classes, heldOutScores } = findFamiliarClasses(logits, 4);
  assert.deepEqual(classes, [3, 1]);
  assert.ok(heldOutScores.every((score) => score > 0.999 && score <= 1));
  const half = findFamiliarClasses(Float32Array.of(30, 0, 0, 0, 0, 30), 3);
  assert.deepEqual(half.classes, [0, 2], 'of equal ones the first');
  assert.ok(
    half.heldOutScores.every((score) => score < 1e-9),
    'each photo is scored by the classes of the other',
  );
});

test('new photos fall below the threshold as often as stated, or less', () => {
  let below = 0;
  const [draws, rate] = [2000, 0.05];
  for (let number = 0; number < draws; number++) {
    const random = createRandom(1, 'familiarity', number);
    const familiarity = familiarityThreshold(
      Float64Array.from({ length: 59 }, () => random.next()),
      rate,
    );
    assert.equal(familiarity?.falseAlarmRate, rate);
    if (random.next() < familiarity.threshold) below++;
  }
  // 59 photos: rank 3 of 60, so exactly 5 %, with a standard deviation of 0.5 %.
  assert.ok(below / draws < 0.065 && below / draws > 0.035, `${below / draws}`);
});

test('too few photos say nothing about so small a rate', () => {
  assert.equal(familiarityThreshold(new Float64Array(98).fill(1), 0.01), null);
  assert.notEqual(familiarityThreshold(new Float64Array(99).fill(1), 0.01), null);
});
