// All scores together: scikit-learn's numbers for two and three classes, hand-counted cases, degenerate data sets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clopperPearsonInterval } from './binomial-interval.ts';
import { type Scores, scorePhotos } from './scores.ts';
import { vectors } from './test-vectors/scikit-learn.ts';

const near = (actual: number | null, expected: number, what: string): void =>
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-12, `${what}: ${String(actual)}, expected ${expected}`);

function everyNumber(value: unknown, visit: (number: number, path: string) => void, path = ''): void {
  if (typeof value === 'number') visit(value, path);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) everyNumber(inner, visit, `${path}.${key}`);
}

for (const [name, vector, width] of [
  ['two', vectors.binary, 1],
  ['three', vectors.threeClasses, 3],
] as const)
  test(`every score of ${name} classes agrees with scikit-learn`, () => {
    const classNames = name === 'two' ? ['cats', 'dogs'] : ['a', 'b', 'c'];
    const { labels, logits: values, temperature } = vector;
    const scores = scorePhotos({ labels, logits: { values, width }, classNames, temperature });
    assert.deepEqual(scores.confusionMatrix, vector.confusionMatrix);
    near(scores.accuracy, vector.accuracy, 'accuracy');
    near(scores.balancedAccuracy, vector.balancedAccuracy, 'balanced accuracy');
    for (const score of ['precision', 'recall', 'f1'] as const) {
      near(scores[score], vector.macro[score], `macro ${score}`);
      near(scores.weighted[score], vector.weighted[score], `weighted ${score}`);
      for (const [c, className] of classNames.entries())
        near(
          scores.perClass[className]?.[score] ?? null,
          vector[`${score}PerClass`][c] ?? NaN,
          `${className} ${score}`,
        );
    }
    near(scores.logLoss, vector.logLoss, 'log loss');
    near(scores.brier, vector.brier, 'Brier');
    near(scores.ece, vector.ece, 'ECE');
    near(scores.rocAuc, 'rocAuc' in vector ? vector.rocAuc : vector.rocAucOvrMacro, 'AUC');
    const exact = clopperPearsonInterval(scores.correct, scores.total);
    assert.ok(exact.low <= scores.accuracyInterval95.low && exact.high >= scores.accuracyInterval95.high);
  });

test('a case counted by hand', () => {
  // cats: −2 and −1 right, 3 wrong; dogs: 2 right, −0.5 wrong.
  const scores = scorePhotos({
    labels: [0, 0, 0, 1, 1],
    logits: { values: [-2, -1, 3, 2, -0.5], width: 1 },
    classNames: ['cats', 'dogs'],
  });
  assert.deepEqual(scores.confusionMatrix, [
    [2, 1],
    [1, 1],
  ]);
  assert.deepEqual([scores.correct, scores.total, scores.accuracy], [3, 5, 0.6]);
  assert.deepEqual(scores.perClass['cats'], { precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3, rocAuc: 4 / 6 });
  assert.equal(scores.rocAuc, 4 / 6);
});

test('one class only, a perfect model and a worthless one give numbers or null, never NaN', () => {
  const cases = {
    oneClass: scorePhotos({ labels: [0, 0], logits: { values: [-1, 1], width: 1 }, classNames: ['cats', 'dogs'] }),
    onePhoto: scorePhotos({ labels: [1], logits: { values: [1], width: 1 }, classNames: ['cats', 'dogs'] }),
    perfect: scorePhotos({ labels: [0, 1], logits: { values: [-1e4, 1e4], width: 1 }, classNames: ['cats', 'dogs'] }),
    constant: scorePhotos({ labels: [0, 1], logits: { values: [0, 0], width: 1 }, classNames: ['cats', 'dogs'] }),
    absentClass: scorePhotos({
      labels: [0, 1],
      logits: { values: [1, 0, 0, 0, 1, 0], width: 3 },
      classNames: ['a', 'b', 'c'],
    }),
  };
  for (const [name, scores] of Object.entries(cases))
    everyNumber(scores, (number, path) => assert.ok(Number.isFinite(number), `${name}${path} is ${number}`));
  assert.equal(cases.oneClass.rocAuc, null);
  assert.equal(cases.oneClass.balancedAccuracy, 0.5);
  assert.equal(cases.perfect.logLoss, 0);
  assert.equal(cases.constant.rocAuc, 0.5);
  assert.equal(cases.absentClass.f1, 1);
  assert.equal(cases.absentClass.rocAuc, 1);
});

test('the order of the photos does not matter, and the scores keep their bounds', () => {
  const photos = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.double({ min: -9, max: 9, noNaN: true })), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(photos, (cases) => {
      const of = (list: typeof cases): Scores =>
        scorePhotos({
          labels: list.map(([label]) => label),
          logits: { values: list.map(([, z]) => z), width: 1 },
          classNames: ['cats', 'dogs'],
        });
      const scores = of(cases);
      const turned = of(cases.toReversed());
      assert.deepEqual(turned.confusionMatrix, scores.confusionMatrix);
      for (const key of ['rocAuc', 'logLoss', 'brier', 'ece'] as const)
        assert.ok(Math.abs((turned[key] ?? 0) - (scores[key] ?? 0)) < 1e-12);
      for (const key of ['accuracy', 'balancedAccuracy', 'precision', 'recall', 'f1', 'brier', 'ece'] as const)
        assert.ok(scores[key] >= 0 && scores[key] <= 1);
    }),
    { numRuns: 100, seed: 6 },
  );
});

test('empty, mismatched and NaN input is refused', () => {
  const classNames = ['cats', 'dogs'];
  assert.throws(() => scorePhotos({ labels: [], logits: { values: [], width: 1 }, classNames }), {
    code: 'SCORES_INVALID',
  });
  assert.throws(() => scorePhotos({ labels: [0], logits: { values: [1, 2], width: 1 }, classNames }), {
    code: 'SCORES_INVALID',
  });
  assert.throws(() => scorePhotos({ labels: [0], logits: { values: [NaN], width: 1 }, classNames }), {
    code: 'SCORES_INVALID',
  });
  assert.throws(() => scorePhotos({ labels: [0], logits: { values: [1], width: 1 }, classNames: ['cats'] }), {
    code: 'SCORES_INVALID',
  });
});
