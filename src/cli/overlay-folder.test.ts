import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOverlayNames } from './overlay-folder.ts';

test('overlays are named after their photos, and never twice the same, upper case or lower', () => {
  const name = createOverlayNames();
  const photos = ['a/cat.1.jpg', 'b/cat.1.jpg', 'b/CAT.1.webp', '-', 'no-ending', 'b/cat.1-2.jpg'];
  assert.deepEqual(photos.map(name), [
    'cat.1.png',
    'cat.1-2.png',
    'CAT.1-3.png',
    'stdin.png',
    'no-ending.png',
    'cat.1-2-2.png',
  ]);
  assert.equal(createOverlayNames()('b/cat.1.jpg'), 'cat.1.png');
});
