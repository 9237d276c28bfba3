// Which photos a cell of the confusion matrix holds, and in which order; and how a long ROC curve is thinned.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confusionCells } from './confusion-cells.ts';
import type { EvaluatedPhoto } from './evaluate.ts';
import { thinOut } from './evaluation-charts.ts';

function photo(name: string, label: number, labelIndex: number, confidence: number): EvaluatedPhoto {
  const doubts = { decision: 'sure', familiarity: null } as const;
  const prediction = { label: '', labelIndex, confidence, ...doubts, probabilities: {}, logits: [] };
  return { name, path: name, label, prediction };
}

test('each photo lies in one cell; mistakes by falling, right answers by rising confidence, ties by name', () => {
  const photos = [
    photo('b', 0, 1, 0.6),
    photo('a', 0, 1, 0.9),
    photo('d', 0, 1, 0.6),
    photo('e', 0, 0, 0.99),
    photo('c', 0, 0, 0.51),
    photo('f', 2, 2, 0.5),
  ];
  const cells = confusionCells(photos, 3);
  assert.equal(cells.length, 9);
  const filled = cells.filter((cell) => cell.photos.length > 0);
  assert.deepEqual(
    filled.map(({ actual, predicted, photos: inside }) => [actual, predicted, inside.map(({ name }) => name).join('')]),
    [
      [0, 0, 'ce'],
      [0, 1, 'abd'],
      [2, 2, 'f'],
    ],
  );
});

test('a curve of a hundred thousand points is thinned to what can be seen, its ends kept', () => {
  const count = 100_000;
  const points = Array.from({ length: count + 1 }, (_, i) => ({
    threshold: count - i,
    falsePositiveRate: (i / count) ** 2,
    truePositiveRate: i / count,
  }));
  const thinned = thinOut(points);
  assert.ok(thinned.length <= 2002 && thinned.length > 500);
  assert.deepEqual([thinned[0], thinned.at(-1)], [points[0], points.at(-1)]);
  for (const [i, point] of thinned.entries())
    assert.ok(i === 0 || point.truePositiveRate - (thinned[i - 1]?.truePositiveRate ?? 0) <= 0.0011);
});
