// Class names are matched across capitals and plurals, and never guessed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchClass, requireClass } from './class-names.ts';

test('capitals, plurals and singulars are one class', () => {
  for (const name of ['cat', 'cats', 'Cat', 'CATS', ' cats '])
    assert.equal(matchClass(name, ['cats', 'dogs']), 0, name);
  assert.equal(matchClass('Dogs', ['cat', 'dog']), 1);
  assert.equal(matchClass('puppies', ['kitten', 'puppy']), 1);
  assert.equal(matchClass('fox', ['boxes', 'foxes']), 1);
  assert.equal(matchClass('bus', ['car', 'buses']), 1);
});

test('an unknown class is null, or an error that names the known ones', () => {
  assert.equal(matchClass('birds', ['cats', 'dogs']), null);
  assert.equal(matchClass('cat2', ['cats', 'dogs']), null);
  assert.equal(matchClass('', ['cats', 'dogs']), null);
  assert.throws(() => requireClass('birds', ['cats', 'dogs'], 'data/birds'), {
    code: 'DATASET_INVALID',
    message: /birds.*data\/birds/,
    expected: /cats, dogs/,
  });
});

test('the very name wins over a likeness; two likenesses are an error', () => {
  assert.equal(matchClass('glass', ['glasses', 'glass']), 1);
  assert.equal(matchClass('Glass', ['glasses', 'glass']), 1);
  assert.throws(() => matchClass('axes', ['axe', 'ax']), { code: 'DATASET_INVALID' });
});
