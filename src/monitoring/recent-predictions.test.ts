// Which label went with which request id, in bounded memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecentPredictions } from './recent-predictions.ts';

test('the latest are remembered, the oldest forgotten; an id that comes again is new', () => {
  const recent = createRecentPredictions(3);
  for (const id of ['a', 'b', 'c']) recent.remember(id, `label of ${id}`);
  recent.remember('a', 'another');
  recent.remember('d', 'label of d');
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e'].map((id) => recent.recall(id)),
    ['another', null, 'label of c', 'label of d', null],
  );
});
