import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileName } from './file-name.ts';

test('names as they are, but for what has no shape', () => {
  assert.equal(fileName('Katze im Körbchen 🐈 (2).jpg'), 'Katze im Körbchen 🐈 (2).jpg');
  assert.equal(fileName(undefined), '');
  assert.equal(fileName('cat\0\x1b[31m\n.jpg'), 'cat\ufffd\ufffd[31m\ufffd.jpg');
  assert.equal(fileName('cat\u202egpj.exe'), 'cat\ufffdgpj.exe');
  assert.equal(fileName('a\ud800b'), 'a\ufffdb');
});

test('at most 255 units, and no half characters', () => {
  assert.equal(fileName('x'.repeat(10_000)).length, 255);
  const cats = fileName('🐈'.repeat(200));
  assert.equal(cats, '🐈'.repeat(127));
});
