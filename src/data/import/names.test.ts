// Names: what is refused inside archives, what a class may be called, second names that fit into 255 bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertClassName, nameKey, normaliseEntryPath, splitOfWord, suffixedName } from './names.ts';

test('paths that would leave the archive are refused, whatever the slashes', () => {
  for (const path of ['../a.jpg', 'a/../../b.jpg', 'a\\..\\b.jpg', '..', '/etc/a.jpg', '\\a.jpg', '//host/a.jpg'])
    assert.ok('refused' in normaliseEntryPath(path), path);
  for (const path of ['C:\\a.jpg', 'c:a.jpg', 'Z:/a.jpg', './C:/a.jpg', 'a\0.jpg'])
    assert.ok('refused' in normaliseEntryPath(path), path);
});

test('harmless paths are cleaned, dots inside names kept', () => {
  assert.deepEqual(normaliseEntryPath('./a//b/./c..d.jpg'), { path: 'a/b/c..d.jpg' });
  assert.deepEqual(normaliseEntryPath('PetImages\\Cat\\1.jpg'), { path: 'PetImages/Cat/1.jpg' });
  assert.deepEqual(normaliseEntryPath('...'), { path: '...' });
  assert.deepEqual(normaliseEntryPath('./'), { path: '' });
});

test('a cleaned path never climbs, for any text', () => {
  const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', 'C:', '\\', '/', '\0'), fc.string({ maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const result = normaliseEntryPath(parts.join('/'));
      if ('refused' in result) return;
      assert.ok(!result.path.split('/').some((piece) => piece === '..' || piece === '.' || piece.includes('\\')));
      assert.ok(!result.path.startsWith('/') && !/^[A-Za-z]:/.test(result.path));
    }),
  );
});

test('class names that could not be folders, or would be read as splits, are refused with a way out', () => {
  for (const name of ['', '.', '..', '.hidden', 'a/b', 'a\\b', 'a\nb', ' cats', 'Train', 'val', 'x'.repeat(256)])
    assert.throws(
      () => assertClassName(name, 'here'),
      { code: 'DATASET_INVALID', hint: /--rename/ },
      JSON.stringify(name),
    );
  for (const name of ['cats', 'Cat', 'Katzen & Hunde', '猫', 'training cats', 'x'.repeat(255)])
    assert.doesNotThrow(() => assertClassName(name, 'here'));
});

test('split words in any case', () => {
  assert.deepEqual(['Train', 'VAL', 'valid', 'validation', 'test', 'cats', 'toString'].map(splitOfWord), [
    'train',
    'validation',
    'validation',
    'validation',
    'test',
    undefined,
    undefined,
  ]);
});

test('second names keep the ending, fit into 255 bytes and never cut a character in two', () => {
  assert.equal(suffixedName('a.JPG', '1a2b3c4d'), 'a-1a2b3c4d.JPG');
  assert.equal(suffixedName('noending', '1a2b3c4d'), 'noending-1a2b3c4d');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 130 }), (stem) => {
      const name = suffixedName(`${stem}.jpeg`, '1a2b3c4d');
      assert.ok(Buffer.byteLength(name) <= 255 && name.endsWith('-1a2b3c4d.jpeg'));
      assert.ok(name.isWellFormed());
    }),
  );
  const long = suffixedName(`${'猫'.repeat(83)}.jpg`, '1a2b3c4d');
  assert.equal(Buffer.byteLength(long) <= 255 && long.startsWith('猫猫'), true);
});

test('names that a file system may take for one have one key', () => {
  assert.equal(nameKey('CAT.JPG'), nameKey('cat.jpg'));
  assert.equal(nameKey('caf\u00e9.jpg'), nameKey('cafe\u0301.jpg'));
  assert.notEqual(nameKey('a.jpg'), nameKey('b.jpg'));
});
