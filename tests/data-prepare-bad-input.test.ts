// `data prepare` on what it cannot use: broken folders and photos, targets it may not write to, a disk that is full.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { openPreparedDataset } from '../src/data/index.ts';
import { digestFolder, exists, usePrepareWorkshop, watchProgress } from './support/prepare-workshop.ts';
import { mountSmallDisk, whyNoSmallDisk } from './support/small-disk.ts';

const shop = usePrepareWorkshop(60);

void suite('data prepare, bad input', () => {
  /** What `prepare` rejects with; the target must not exist afterwards. */
  async function refusal(
    source: string,
    settings: object = {},
  ): Promise<{ code?: string; message: string; received?: string }> {
    const target = shop.newTarget();
    const error: unknown = await shop.prepare(target, settings, { source }).then(
      () => assert.fail('it was accepted'),
      (reason: unknown) => reason,
    );
    assert.equal(await exists(target), false, 'the target is there');
    assert.deepEqual(await readdir(shop.folder).then((names) => names.filter((name) => name.endsWith('.tmp'))), []);
    return error as { code?: string; message: string };
  }
  const breakPhoto = (source: string, name: string, bytes = 'not a picture'): Promise<void> =>
    writeFile(join(source, name), bytes);

  test('a data folder that is missing, a file, empty, of one class, with an empty class', async () => {
    assert.equal((await refusal(join(shop.folder, 'nowhere'))).code, 'FILE_NOT_FOUND');
    assert.equal((await refusal(join(shop.raw, 'cats', '0000.jpg'))).code, 'NOT_A_DIRECTORY');
    const odd = join(shop.folder, 'odd');
    await mkdir(odd);
    assert.equal((await refusal(odd)).code, 'DATASET_INVALID');
    await cp(join(shop.raw, 'cats'), join(odd, 'cats'), { recursive: true });
    assert.equal((await refusal(odd)).code, 'DATASET_INVALID');
    await mkdir(join(odd, 'dogs'));
    const empty = await refusal(odd);
    assert.equal(empty.code, 'DATASET_INVALID');
    assert.match(empty.message, /dogs/);
  });

  test('a class of nothing but broken photos', async () => {
    const source = await shop.copyRaw('all-broken');
    for (const name of await readdir(join(source, 'dogs'))) await breakPhoto(source, `dogs/${name}`);
    const error = await refusal(source, { maxBadFraction: 1 });
    assert.equal(error.code, 'DATASET_INVALID');
    assert.match(error.message, /no photo of dogs/);
    assert.match(error.received ?? '', /dogs\/0000\.jpg.* and 55 more/);
  });

  test('a few broken photos are left out, counted and listed; more than allowed are refused', async () => {
    const source = await shop.copyRaw('few-broken');
    const whole = await readFile(join(shop.raw, 'cats', '0001.jpg'));
    await breakPhoto(source, 'cats/0000.jpg');
    await writeFile(join(source, 'cats', '0001.jpg'), whole.subarray(0, whole.length / 2));
    await writeFile(join(source, 'dogs', '0002.jpg'), '');
    const target = shop.newTarget();
    const { manifest, badPhotos } = await shop.prepare(target, {}, { source });
    assert.deepEqual(manifest.leftOut, { IMAGE_UNREADABLE: 2, IMAGE_UNSUPPORTED: 1 });
    assert.deepEqual(
      badPhotos.map(({ path }) => path),
      ['cats/0000.jpg', 'cats/0001.jpg', 'dogs/0002.jpg'],
    );
    const listed = (await readFile(join(target, 'left-out.csv'), 'utf8')).trim().split('\n');
    assert.equal(listed.length, 4);
    assert.match(listed[1] ?? '', /^cats\/0000\.jpg,IMAGE_UNSUPPORTED,/);
    const again = await shop.prepare(target, {}, { source });
    assert.deepEqual([again.upToDate, again.badPhotos], [true, badPhotos]);

    const strict = await refusal(source, { onBadPhoto: 'fail' });
    assert.match(strict.code ?? '', /^IMAGE_/);
    const tooMany = await refusal(source, { maxBadFraction: 0.02 });
    assert.equal(tooMany.code, 'DATASET_INVALID');
    assert.match(tooMany.message, /3 of 120/);
  });

  test(
    'a photo that may not be read now is tried again later',
    { skip: process.getuid?.() === 0 && 'root reads everything' },
    async () => {
      const source = await shop.copyRaw('unreadable');
      await chmod(join(source, 'cats', '0000.jpg'), 0);
      const target = shop.newTarget();
      const { manifest } = await shop.prepare(target, {}, { source });
      assert.deepEqual(manifest.leftOut, { PERMISSION_DENIED: 1 });
      await chmod(join(source, 'cats', '0000.jpg'), 0o644);
      assert.deepEqual((await shop.prepare(target, {}, { source })).manifest.leftOut, {});
    },
  );

  test('a target that is a file, holds other files, or lies inside the photos', async () => {
    const target = shop.newTarget();
    await writeFile(target, 'mine');
    await assert.rejects(shop.prepare(target), { code: 'NOT_A_DIRECTORY' });
    await rm(target);
    await mkdir(target);
    await writeFile(join(target, 'thesis.txt'), 'mine');
    await assert.rejects(shop.prepare(target), { code: 'ALREADY_EXISTS' });
    assert.deepEqual(await readdir(target), ['thesis.txt']);
    await assert.rejects(shop.prepare(join(shop.raw, 'prepared')), { code: 'DATASET_INVALID' });
    await assert.rejects(shop.prepare(shop.raw), { code: 'DATASET_INVALID' });
  });
});

const mountSkip = await whyNoSmallDisk();

void suite('data prepare, on a small disk', { skip: mountSkip }, () => {
  let disk = '';
  before(async () => {
    disk = join(shop.folder, 'disk');
    await mountSmallDisk(disk, 'size=2m');
  });
  after(async () => {
    await promisify(execFile)('umount', [disk]);
  });

  test('says beforehand that there is not enough room', async () => {
    const error = await shop.prepare(join(disk, 'prepared'), { imageSizePx: 96 }).catch((reason: unknown) => reason);
    assert.equal((error as { code?: string }).code, 'DISK_FULL');
    assert.match((error as { expected?: string }).expected ?? '', /6\.6 MB/);
    assert.deepEqual(await readdir(disk), []);
  });

  test('stops when the disk fills up in the middle, and goes on once there is room', async () => {
    const target = join(disk, 'prepared');
    const filler = join(disk, 'filler');
    const fillDisk = watchProgress((label) => {
      if (label === 'writing shards') fillUp(filler);
    });
    await assert.rejects(shop.prepare(target, { imageSizePx: 32 }, { progress: fillDisk }), { code: 'DISK_FULL' });
    const left = (await readdir(disk, { recursive: true })).filter((name) => /prepared\/|\.tmp$/.test(name));
    assert.deepEqual(left, []);
    await rm(filler);
    const { reused } = await shop.prepare(target, { imageSizePx: 32 });
    assert.equal(reused, 2 * shop.perClass, 'what was decoded before is kept');
    const elsewhere = shop.newTarget();
    await shop.prepare(elsewhere, { imageSizePx: 32 });
    assert.equal(
      (await openPreparedDataset(target, { verify: true })).manifest.datasetMd5,
      (await openPreparedDataset(elsewhere)).manifest.datasetMd5,
    );
  });

  test('keeps the old data set when the disk is full while it is being replaced', async () => {
    const target = join(disk, 'kept');
    await rm(join(disk, 'prepared'), { recursive: true, force: true });
    await shop.prepare(target);
    const before = await digestFolder(target);
    const filler = join(disk, 'filler');
    const fillDisk = watchProgress((label) => {
      if (label === 'decoding') fillUp(filler);
    });
    await assert.rejects(shop.prepare(target, { fit: 'crop' }, { progress: fillDisk }), { code: 'DISK_FULL' });
    await rm(filler);
    assert.deepEqual(await digestFolder(target), before);
    await openPreparedDataset(target, { verify: true });
  });

  test('refuses a read-only target in a word', async () => {
    const readOnly = join(shop.folder, 'read-only');
    await mountSmallDisk(readOnly, 'size=1m');
    await promisify(execFile)('mount', ['-o', 'remount,ro', readOnly]);
    try {
      await assert.rejects(shop.prepare(join(readOnly, 'prepared')), { code: 'PERMISSION_DENIED' });
      await assert.rejects(shop.prepare(readOnly), { code: 'PERMISSION_DENIED' });
      assert.equal(await exists(join(shop.folder, '.read-only.prepare-work')), false);
    } finally {
      await promisify(execFile)('umount', [readOnly]);
    }
  });
});

/** Writes to `path` until the disk is full. */
function fillUp(path: string): void {
  const block = Buffer.alloc(4096);
  try {
    for (let i = 0; i < 10_000; i++) appendFileSync(path, block);
  } catch {
    // full
  }
}
