// Each finding at both sides of its threshold, and the table that joins them.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { ImageInfo, ImageStatistics } from '../../../image/index.ts';
import type { DatasetFacts } from '../dataset-facts.ts';
import type { PhotoFacts } from '../photo-facts.ts';
import { findings, type Finding, type FindingId } from './index.ts';

const allFindings: readonly Finding[] = findings;
const info: ImageInfo = {
  format: 'jpeg',
  width: 400,
  height: 300,
  frames: 1,
  orientation: 1,
  colourSpace: 'rgb',
  bitDepth: 8,
  hasAlpha: false,
  progressive: false,
};
const statistics: ImageStatistics = {
  brightness: 120,
  contrast: 50,
  percentiles: { p1: 5, p5: 20, p50: 120, p95: 220, p99: 240 },
  sharpness: 400,
  entropy: 7,
  colourfulness: 30,
  saturation: 30,
  commonestColour: 0.05,
  means: [120, 120, 120],
};
const photo: PhotoFacts = { path: 'cats/a.jpg', sizeBytes: 1000, outcome: 'decoded', info, statistics };
const withInfo = (changes: Partial<ImageInfo>): PhotoFacts => ({ ...photo, info: { ...info, ...changes } });
const withStatistics = (changes: Partial<ImageStatistics>): PhotoFacts => ({
  ...photo,
  statistics: { ...statistics, ...changes },
});
const withPercentiles = (changes: Partial<ImageStatistics['percentiles']>): PhotoFacts =>
  withStatistics({ percentiles: { ...statistics.percentiles, ...changes } });
const failed = (outcome: PhotoFacts['outcome']): PhotoFacts => ({ path: 'cats/a.jpg', sizeBytes: 10, outcome });

/** One photo that is just flagged and one that is just not. */
const borders: Partial<Record<FindingId, readonly [flagged: PhotoFacts, clean: PhotoFacts]>> = {
  undecodable: [failed('undecodable'), failed('truncated')],
  unreadable: [failed('unreadable'), failed('undecodable')],
  truncated: [failed('truncated'), failed('empty')],
  'zero-bytes': [failed('empty'), failed('unreadable')],
  'wrong-extension': [
    { ...photo, path: 'cats/a.png' },
    { ...photo, path: 'cats.png/a' },
  ],
  dark: [withPercentiles({ p99: 101 }), withPercentiles({ p99: 102 })],
  light: [withPercentiles({ p5: 154 }), withPercentiles({ p5: 153 })],
  blurry: [withStatistics({ sharpness: 24.9 }), withStatistics({ sharpness: 24.9, contrast: 49 })],
  'low-information': [withStatistics({ entropy: 2.99 }), withStatistics({ entropy: 3 })],
  greyscale: [withStatistics({ saturation: 1 }), withStatistics({ saturation: 1.1 })],
  'odd-aspect-ratio': [withInfo({ width: 100, height: 300 }), withInfo({ width: 105, height: 300 })],
  tiny: [withInfo({ height: 39 }), withInfo({ height: 40 })],
  huge: [withInfo({ width: 10_000, height: 3001 }), withInfo({ width: 10_000, height: 3000 })],
  animated: [withInfo({ frames: 2 }), withInfo({ frames: 1 })],
  cmyk: [withInfo({ colourSpace: 'cmyk' }), withInfo({ colourSpace: 'grey' })],
  'exif-rotated': [withInfo({ orientation: 8 }), withInfo({ orientation: 1 })],
};

for (const finding of allFindings)
  if (finding.shows === 'photos')
    test(`${finding.id}: flagged on one side of the threshold, not on the other`, () => {
      const border = borders[finding.id as FindingId];
      assert.ok(border !== undefined, 'a new finding needs its border here');
      const threshold = finding.threshold?.value ?? 0;
      assert.notEqual(finding.judge(border[0], threshold), undefined);
      assert.equal(finding.judge(border[1], threshold), undefined);
      assert.equal(finding.judge(photo, threshold), undefined);
    });

test('no finding about pixels or headers is made of a file that has none', () => {
  for (const finding of allFindings)
    if (finding.shows === 'photos' && !['undecodable'].includes(finding.id))
      assert.equal(finding.judge(failed('undecodable'), finding.threshold?.value ?? 0), undefined, finding.id);
});

function datasetOf(rows: readonly (readonly [className: string, split: 'train' | 'test' | undefined, side: number])[]) {
  const classNames = [...new Set(rows.map(([name]) => name))].sort();
  return {
    count: rows.length,
    classNames,
    classOf: (row) => classNames.indexOf(rows[row]?.[0] ?? ''),
    splitOf: (row) => rows[row]?.[1],
    sidePx: (row) => rows[row]?.[2] ?? 0,
    exactGroups: [],
    nearGroups: [],
  } satisfies DatasetFacts;
}

function judge(id: FindingId, dataset: DatasetFacts): readonly unknown[] {
  const finding = allFindings.find((each) => each.id === id);
  assert.ok(finding !== undefined && finding.shows !== 'photos');
  return finding.judge(dataset, finding.threshold?.value ?? 0);
}

test('odd-size: five times from the median, either way; unknown sizes and few photos say nothing', () => {
  const usual = Array.from({ length: 12 }, () => ['cats', undefined, 400] as const);
  const sizes = [2000, 2001, 80, 79.9, 0].map((side) => ['dogs', undefined, side] as const);
  const hits = judge('odd-size', datasetOf([...usual, ...sizes])) as readonly { readonly row: number }[];
  assert.deepEqual(
    hits.map(({ row }) => row),
    [13, 15],
  );
  assert.deepEqual(judge('odd-size', datasetOf([...usual.slice(0, 5), ['dogs', undefined, 10]])), []);
});

test('class-imbalance: beyond three to one, over all and within a split', () => {
  const rows = (count: number, name: string, split: 'train' | 'test') =>
    Array.from({ length: count }, () => [name, split, 100] as const);
  const even = datasetOf([...rows(9, 'cats', 'train'), ...rows(3, 'dogs', 'train')]);
  assert.deepEqual(judge('class-imbalance', even), []);
  const hidden = datasetOf([
    ...rows(8, 'cats', 'train'),
    ...rows(2, 'dogs', 'train'),
    ...rows(2, 'cats', 'test'),
    ...rows(6, 'dogs', 'test'),
  ]);
  assert.deepEqual(
    judge('class-imbalance', hidden).map((hit) => (hit as { split?: string }).split),
    ['train'],
  );
});

test('across splits and classes: only groups that are spread', () => {
  const dataset: DatasetFacts = {
    ...datasetOf([
      ['cats', 'train', 1],
      ['cats', 'test', 1],
      ['dogs', 'train', 1],
      ['cats', 'train', 1],
    ]),
    exactGroups: [
      [0, 1],
      [0, 2],
      [0, 3],
    ],
    nearGroups: [{ rows: [1, 2], similarity: 0.9 }],
  };
  const rowsOf = (id: FindingId) => judge(id, dataset).map((hit) => (hit as { rows: number[] }).rows);
  assert.deepEqual(rowsOf('exact-duplicates'), [
    [0, 1],
    [0, 2],
    [0, 3],
  ]);
  assert.deepEqual(rowsOf('exact-duplicates-across-splits'), [[0, 1]]);
  assert.deepEqual(rowsOf('exact-duplicates-across-classes'), [[0, 2]]);
  assert.deepEqual(rowsOf('near-duplicates-across-splits'), [[1, 2]]);
  assert.deepEqual(rowsOf('near-duplicates-across-classes'), [[1, 2]]);
});

test('the table holds every finding of this folder, each once', () => {
  const ids = allFindings.map(({ id }) => id);
  const notFindings = ['class-counts.ts', 'finding.ts', 'findings.test.ts', 'index.ts', 'spans.ts'];
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => !notFindings.includes(name));
  assert.deepEqual([...ids].sort(), files.map((name) => name.replace('.ts', '')).sort());
});
