// Layouts from paths alone: every one that is recognised, and what is said where none is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recogniseLayout, type LayoutName, type Recognition } from './layout.ts';
import type { Source, SourceKind } from './source.ts';

function sourceOf(paths: readonly string[], folders: readonly string[] = [], kind: SourceKind = 'folder'): Source {
  return {
    name: 'photos',
    kind,
    entries: paths.map((path) => ({ path, size: 1 })),
    folders: new Set([...folders, ...paths.map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))))]),
    skipped: new Map(),
    notes: [],
    contents: () => {
      throw new Error('a layout never reads');
    },
  };
}

function labels(paths: readonly string[], wanted?: LayoutName): { layout: string; labels: string[]; skipped: object } {
  const found: Recognition = recogniseLayout(sourceOf(paths), wanted);
  return {
    layout: found.layout,
    labels: found.labelled.map(({ label, split }) => (split === undefined ? label : `${split}:${label}`)),
    skipped: Object.fromEntries(found.skipped),
  };
}

const recognised: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
  ['class folders', ['cats/1.jpg', 'dogs/1.jpg'], 'folders', ['cats', 'dogs']],
  ['any names, three classes', ['a b/1.jpg', 'Ünï/1.jpg', '猫/x.png'], 'folders', ['a b', 'Ünï', '猫']],
  ['names as given', ['Cat/1.jpg', 'dog/2.jpg'], 'folders', ['Cat', 'dog']],
  ['under a wrapper', ['PetImages/Cat/1.jpg', 'PetImages/Dog/1.jpg'], 'folders', ['Cat', 'Dog']],
  [
    'splits',
    ['train/cats/1.jpg', 'val/dogs/1.jpg', 'TEST/cats/1.jpg'],
    'folders',
    ['train:cats', 'validation:dogs', 'test:cats'],
  ],
  ['splits under a wrapper', ['x/y/train/a/1.jpg', 'x/y/test/b/1.jpg'], 'folders', ['train:a', 'test:b']],
  ['a lone train/', ['train/cats/1.jpg', 'train/dogs/1.jpg'], 'folders', ['train:cats', 'train:dogs']],
  ['subfolders of a class', ['cats/a/b/1.jpg', 'dogs/1.jpg'], 'folders', ['cats', 'dogs']],
  ['class folders with flat names inside', ['cats/cat.0.jpg', 'dogs/dog.0.jpg'], 'folders', ['cats', 'dogs']],
  ['class folders with Oxford names inside', ['cats/Birman_1.jpg', 'dogs/pug_1.jpg'], 'folders', ['cats', 'dogs']],
  ['Kaggle flat', ['cat.0.jpg', 'dog.0.jpg', 'cat.12499.jpg'], 'flat', ['cats', 'dogs', 'cats']],
  [
    'Kaggle flat in train/: its part with labels, no split',
    ['train/cat.0.jpg', 'train/dog.0.jpg'],
    'flat',
    ['cats', 'dogs'],
  ],
  ['flat in both splits', ['train/cat.0.jpg', 'test/dog.0.jpg'], 'flat', ['train:cats', 'test:dogs']],
  ['flat with other words', ['fox.1.png', 'Owl.2.png'], 'flat', ['fox', 'Owl']],
  ['Oxford', ['images/Abyssinian_1.jpg', 'images/great_pyrenees_101.jpg'], 'oxford', ['cats', 'dogs']],
  ['Oxford without images/', ['Maine_Coon_1.jpg', 'pug_2.jpg'], 'oxford', ['cats', 'dogs']],
];
for (const [name, paths, layout, expected] of recognised)
  test(`recognised: ${name}`, () => {
    const found = labels(paths);
    assert.deepEqual([found.layout, found.labels], [layout, expected]);
    assert.deepEqual(found.skipped, {});
  });

test("Kaggle's test1/ has no labels: left out and counted", () => {
  const paths = ['train/cat.0.jpg', 'train/dog.0.jpg', 'train/dog.1.jpg', 'test1/1.jpg', 'test1/2.jpg'];
  assert.deepEqual(labels(paths), {
    layout: 'flat',
    labels: ['cats', 'dogs', 'dogs'],
    skipped: { 'no class in the name': 2 },
  });
});

test("Oxford's masks are not photos", () => {
  const paths = [
    'p/images/Bombay_1.jpg',
    'p/images/pug_1.jpg',
    'p/annotations/trimaps/Bombay_1.png',
    'p/annotations/trimaps/pug_1.png',
  ];
  const found = labels(paths);
  assert.deepEqual([found.layout, found.labels], ['oxford', ['cats', 'dogs']]);
  assert.deepEqual(found.skipped, { 'a mask of annotations/': 2 });
});

test('a stray picture beside class folders is left out', () => {
  const found = labels(['cats/1.jpg', 'cats/2.jpg', 'dogs/1.jpg', 'overview.png']);
  assert.deepEqual([found.labels, found.skipped], [['cats', 'cats', 'dogs'], { 'outside the class folders': 1 }]);
});

test('a layout that is asked for is taken, or refused by name', () => {
  assert.equal(labels(['a/pug_1.jpg', 'b/pug_2.jpg'], 'folders').layout, 'folders');
  for (const wanted of ['flat', 'oxford', 'csv'] as const)
    assert.throws(() => labels(['cats/x.jpg', 'dogs/y.jpg'], wanted), {
      code: 'DATASET_INVALID',
      message: new RegExp(wanted),
    });
  assert.throws(() => labels(['1.jpg', '2.jpg'], 'folders'), { code: 'DATASET_INVALID' });
});

test('nothing that says what is on the pictures: names are shown, and what to do', () => {
  assert.throws(() => labels(['IMG_a.jpg', 'IMG_b.jpg']), {
    code: 'DATASET_INVALID',
    received: /IMG_a\.jpg/,
    hint: /one folder per class/,
  });
});

test('photos with and without a split in one source are refused', () => {
  assert.throws(() => labels(['train/cats/1.jpg', 'cats/2.jpg', 'dogs/1.jpg']), {
    code: 'DATASET_INVALID',
    received: /train\/cats\/1\.jpg.*cats\/2\.jpg/,
  });
});

test('empty class folders are found, at the level of the classes only', () => {
  const paths = ['p/train/cats/1.jpg', 'p/train/dogs/1.jpg', 'p/test/cats/1.jpg'];
  const found = recogniseLayout(
    sourceOf(paths, ['p/test/dogs', 'p/train/cats/thumbs', 'p/.git', 'p', 'p/train', 'p/test']),
    undefined,
  );
  assert.deepEqual(found.emptyClassFolders, ['p/test/dogs']);
});

test('an empty dogs/ beside cats/ is named even where the names look flat, or like nothing', () => {
  const flat = recogniseLayout(sourceOf(['cats/cat.0.jpg'], ['dogs']), undefined);
  assert.deepEqual(flat.emptyClassFolders, ['dogs']);
  assert.throws(() => recogniseLayout(sourceOf(['cats/x.jpg'], ['dogs']), undefined), {
    message: /dogs holds no picture/,
  });
});
