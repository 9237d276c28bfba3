// Grouping look-alikes of real files: independent of the number of workers, of the order of rows, and stoppable.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { createRandom } from '../../../core/index.ts';
import { createDecoder, createPerceptualHasher, hashToHex } from '../../../image/index.ts';
import { findCandidates } from './candidates.ts';
import { findNearDuplicates, groupNearDuplicates, maxHashDistance, type ComparablePhotos } from './group.ts';

const directory = mkdtempSync(join(tmpdir(), 'pawprint-group-'));
after(() => {
  rmSync(directory, { recursive: true, force: true });
});

const names = ['a.jpg', 'b.jpg', 'a-small.jpg', 'c.jpg', 'b-cut.jpg', 'a-pale.jpg', 'frame-1.png', 'frame-2.png'];
let hashes = Buffer.alloc(0);

before(async () => {
  const blots = (seed: string, size: number): Sharp => {
    const random = createRandom(seed);
    const data = Uint8Array.from({ length: 16 * 12 * 3 }, () => random.integer(256));
    return sharp(data, { raw: { width: 16, height: 12, channels: 3 } }).resize(size, (size * 3) / 4, {
      kernel: 'cubic',
    });
  };
  const picture = async (seed: string): Promise<Buffer> => blots(seed, 240).jpeg().toBuffer();
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(picture));
  // The same thick frame around two pictures that have nothing else in common: hashes alike, pictures not.
  const framed = async (seed: string): Promise<Buffer> =>
    sharp(await picture('frame'))
      .composite([{ input: await blots(seed, 200).linear(0.15, 110).png().toBuffer() }])
      .png()
      .toBuffer();
  const files: readonly Uint8Array[] = [
    a ?? Buffer.alloc(0),
    b ?? Buffer.alloc(0),
    await sharp(a).resize(100).jpeg({ quality: 60 }).toBuffer(),
    c ?? Buffer.alloc(0),
    await sharp(b).extract({ left: 5, top: 4, width: 230, height: 172 }).jpeg().toBuffer(),
    await sharp(a).linear(0.7, 60).jpeg().toBuffer(),
    await framed('one'),
    await framed('two'),
  ];
  names.forEach((name, i) => {
    writeFileSync(join(directory, name), files[i] ?? Buffer.alloc(0));
  });
  const decoder = createDecoder();
  const hasher = createPerceptualHasher();
  const hex: string[] = [];
  for (const name of names)
    hex.push(await decoder.use(readFileSync(join(directory, name)), ({ pixels }) => hashToHex(hasher.hash(pixels))));
  hashes = Buffer.from(hex.join(''), 'hex');
});

const photos = (): ComparablePhotos => ({
  count: names.length,
  hashes,
  has: () => true,
  path: (row) => names[row] ?? '',
});

test('copies are one group, the smallest row its name; others are alone, even in the same frame', async () => {
  const { first, second } = findCandidates(photos(), maxHashDistance);
  assert.ok(
    first.some((row, i) => row === 6 && second[i] === 7),
    'the hash alone would take the framed pictures for one',
  );
  const alone = await groupNearDuplicates(photos(), { directory, workers: 1 });
  assert.deepEqual([...alone], [0, 1, 0, 3, 1, 0, 6, 7]);
  assert.deepEqual(await groupNearDuplicates(photos(), { directory, workers: 3 }), alone);
});

test('a file that is gone is like no other', async () => {
  const pairs = await findNearDuplicates({ ...photos(), path: () => 'gone.jpg' }, { directory, workers: 1 });
  assert.deepEqual(pairs, []);
});

test('an aborted signal ends it with CANCELLED', async () => {
  const options = { directory, workers: 1, signal: AbortSignal.abort() };
  await assert.rejects(groupNearDuplicates(photos(), options), { code: 'CANCELLED' });
});
