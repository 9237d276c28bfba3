import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../core/index.ts';
import { coverSquare, extremeSquares } from './occlusion.ts';

test('the hottest and the coldest square are those that adding up every square finds', () => {
  const random = createRandom('squares');
  const [width, height, side] = [9, 7, 3];
  const values = Float32Array.from({ length: width * height }, () => random.uniform(-1, 1));
  const all = [];
  for (let top = 0; top + side <= height; top++)
    for (let left = 0; left + side <= width; left++) {
      let heat = 0;
      for (let i = 0; i < side * side; i++)
        heat += values[(top + Math.floor(i / side)) * width + left + (i % side)] ?? NaN;
      all.push({ left, top, heat });
    }
  all.sort((a, b) => a.heat - b.heat);
  const { hottest, coldest } = extremeSquares({ values, width, height }, side);
  const [first, last] = [all[0], all.at(-1)];
  assert.deepEqual([coldest.left, coldest.top], [first?.left, first?.top]);
  assert.deepEqual([hottest.left, hottest.top], [last?.left, last?.top]);
});

test('a covered square has the mean colour of the record, the rest is untouched, the record too', () => {
  const size = 4;
  const record = Uint8Array.from({ length: 48 }, (_, i) => (i < 16 ? 10 * i : i < 32 ? 200 : 0));
  const before = Uint8Array.from(record);
  const covered = coverSquare(record, { left: 1, top: 2, side: 2, size });
  assert.deepEqual(record, before);
  const inside = [9, 10, 13, 14];
  covered.forEach((value, i) => {
    const expected = i < 16 && inside.includes(i) ? 75 : record[i];
    assert.equal(value, expected, `at ${i}`);
  });
});
