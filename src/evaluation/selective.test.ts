// Selective prediction: the bound keeps its promise over many draws, and the curve counts right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../core/index.ts';
import { coverageCurve, fewestForTarget, selectThreshold } from './selective.ts';

/** Photos whose chance of being right is their confidence, uniform on [0.5, 1]. */
function draw(number: number, count: number): { confidences: Float64Array; correct: Uint8Array } {
  const random = createRandom(3, 'selective', number);
  const confidences = Float64Array.from({ length: count }, () => 0.5 + random.next() / 2);
  return { confidences, correct: Uint8Array.from(confidences, (c) => Number(random.next() < c)) };
}

test('over many draws the true error of the answers exceeds the target no oftener than stated', () => {
  const [targetError, level, draws] = [0.1, 0.9, 300];
  let broken = 0;
  let answered = 0;
  for (let number = 0; number < draws; number++) {
    const { confidences, correct } = draw(number, 1000);
    const found = selectThreshold(confidences, correct, { targetError, level });
    if (found === null) continue;
    answered += found.coverage / draws;
    assert.ok(found.errorBound <= targetError && found.wrong / found.answered <= found.errorBound);
    // The mean of 1 − c over [t, 1] is the true error of answers at t and above.
    if ((1 - found.threshold) / 2 > targetError) broken++;
  }
  assert.ok(broken / draws <= 1 - level, `${broken} of ${draws} broke the promise`);
  // At best 40 % may be answered (threshold 0.8); a rule that hardly ever answers would keep any promise.
  assert.ok(answered > 0.1 && answered < 0.4, `mean coverage ${answered}`);
});

test('a threshold that cannot be shown is null; the fewest photos that can show it, do', () => {
  const options = { targetError: 0.01, level: 0.95 };
  const perfect = (count: number): ReturnType<typeof selectThreshold> =>
    selectThreshold(new Float64Array(count).fill(0.9), new Uint8Array(count).fill(1), options);
  let count = 1;
  while (fewestForTarget(count, options) > count) count++;
  assert.ok(count > 299, 'more than one look costs more than one look');
  assert.equal(perfect(count - 1), null);
  assert.equal(perfect(count)?.coverage, 1);
});

test('photos of equal confidence are answered together or not at all', () => {
  const confidences = [...Array<number>(400).fill(0.9), ...Array<number>(400).fill(0.6)];
  const correct = confidences.map((c, i) => Number(c === 0.9 || i % 2 === 0));
  const found = selectThreshold(confidences, correct, { targetError: 0.05, level: 0.95 });
  assert.deepEqual([found?.threshold, found?.answered, found?.wrong], [0.9, 400, 0]);
});

test('the curve: the surest photos first, its last point all of them', () => {
  const curve = coverageCurve([0.6, 0.9, 0.8, 0.7], [0, 1, 1, 0], 4);
  assert.deepEqual(
    curve.map(({ coverage, threshold, error }) => [coverage, threshold, error]),
    [
      [0.25, 0.9, 0],
      [0.5, 0.8, 0],
      [0.75, 0.7, 1 / 3],
      [1, 0.6, 0.5],
    ],
  );
});
