// `data prepare` through its public doors: what it makes, what it does the second time, and the command line.
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { hashBytes } from '../src/core/index.ts';
import { openPreparedDataset, splitNames } from '../src/data/index.ts';
import { decodeToRecord } from '../src/image/index.ts';
import { makeBlotPhoto, makePhotoFolder, writePhoto } from './support/photo-folder.ts';
import { digestFolder, exists, usePrepareWorkshop } from './support/prepare-workshop.ts';
import { runPawprint } from './support/run-pawprint.ts';

const shop = usePrepareWorkshop(60);

void suite('data prepare', () => {
  test('splits by class and keeps records that are what decoding gives', async () => {
    const target = shop.newTarget();
    const { manifest, upToDate } = await shop.prepare(target);
    assert.equal(upToDate, false);
    assert.deepEqual(manifest.counts, {
      train: { cats: 43, dogs: 43 },
      validation: { cats: 5, dogs: 5 },
      test: { cats: 12, dogs: 12 },
    });
    const dataset = await openPreparedDataset(target, { verify: true });
    assert.equal(dataset.sourceDirectory, shop.raw);
    for (const name of splitNames) {
      const split = dataset.split(name);
      assert.equal(split.count, split.entries.length);
      const record = new Uint8Array(split.recordBytes + 2);
      for (const [i, entry] of split.entries.entries()) {
        const bytes = await readFile(join(shop.raw, entry.path));
        split.readRecord(i, record, 2);
        assert.deepEqual(
          Buffer.from(record.subarray(2)),
          Buffer.from(await decodeToRecord(bytes, manifest.preprocessing)),
        );
        assert.equal(split.labels[i], entry.path.startsWith('cats') ? 0 : 1);
        assert.equal(entry.md5, hashBytes('md5', bytes));
        assert.deepEqual([entry.size, entry.width, entry.height], [bytes.length, 80, 80]);
      }
    }
    dataset.close();
  });

  test('gives the same bytes whatever the number of workers, and other splits for another seed', async () => {
    const [one, three, other] = [shop.newTarget(), shop.newTarget(), shop.newTarget()];
    await shop.prepare(one, {}, { workers: 1 });
    await shop.prepare(three, {}, { workers: 3 });
    await shop.prepare(other, {}, { seed: 8 });
    assert.deepEqual(await digestFolder(three), await digestFolder(one));
    assert.notDeepEqual(await digestFolder(other), await digestFolder(one));
  });

  test('dates its version by content, class, split and path, as manifest.ts says', async () => {
    const target = shop.newTarget();
    const { manifest } = await shop.prepare(target);
    const rows = (await readFile(join(target, 'manifest.csv'), 'utf8')).trim().split('\n');
    const lines = rows.slice(1).map((row) => {
      const [path, label, md5, split] = row.split(',');
      return `${md5} ${label} ${split} ${path}\n`;
    });
    assert.equal(manifest.datasetMd5, hashBytes('md5', lines.sort().join('')));
  });

  test('keeps the split of train and test folders and carves validation from train', async () => {
    const source = join(shop.folder, 'split-raw');
    await makePhotoFolder(source, ['train/cats', 'train/dogs'], 30);
    await makePhotoFolder(source, ['test/cats', 'test/dogs'], 6);
    const { manifest } = await shop.prepare(shop.newTarget(), {}, { source });
    assert.deepEqual(manifest.counts, {
      train: { cats: 27, dogs: 27 },
      validation: { cats: 3, dogs: 3 },
      test: { cats: 6, dogs: 6 },
    });
  });

  test('puts exact and near duplicates into one split and one group', async () => {
    const source = await shop.copyRaw('with-duplicates');
    for (let i = 0; i < 20; i++) {
      const name = `${String(i).padStart(4, '0')}.jpg`;
      await cp(join(source, 'cats', name), join(source, 'cats', `copy-${name}`));
      await writePhoto(join(source, 'dogs', `near-${name}`), await makeBlotPhoto(`dogs/${i}`, 90));
    }
    for (const groupNearDuplicates of [true, false]) {
      const target = shop.newTarget();
      await shop.prepare(target, { groupNearDuplicates }, { source });
      const dataset = await openPreparedDataset(target);
      const entries = splitNames.flatMap((name) => [...dataset.split(name).entries]);
      const find = (path: string) => entries.find((entry) => entry.path === path);
      let together = 0;
      for (let i = 0; i < 20; i++) {
        const name = `${String(i).padStart(4, '0')}.jpg`;
        const [cat, copy] = [find(`cats/${name}`), find(`cats/copy-${name}`)];
        assert.deepEqual([copy?.split, copy?.group], [cat?.split, cat?.group]);
        if (find(`dogs/near-${name}`)?.group === find(`dogs/${name}`)?.group) together++;
      }
      assert.equal(together, groupNearDuplicates ? 20 : 0);
      dataset.close();
    }
  });
});

void suite('data prepare, odd names', () => {
  test('keeps commas, quotes, newlines and letters of any script in paths', async () => {
    const source = await shop.copyRaw('odd-names');
    const names = [
      'a,b.jpg',
      'say "cheese".jpg',
      'two\nlines.jpg',
      'кот 🐈 猫.jpg',
      ' space .jpg',
      'deeper/still/0000.jpg',
    ];
    for (const name of names) await writePhoto(join(source, 'cats', name), await makeBlotPhoto(name));
    const target = shop.newTarget();
    await shop.prepare(target, {}, { source });
    const dataset = await openPreparedDataset(target);
    const paths = splitNames.flatMap((name) => dataset.split(name).entries.map(({ path }) => path));
    for (const name of names) assert.ok(paths.includes(`cats/${name}`), name);
    dataset.close();
    assert.equal((await shop.prepare(target, {}, { source })).upToDate, true);
  });
});

void suite('data prepare, a second time', () => {
  test('says that it is up to date, at once, and touches nothing', async () => {
    const target = shop.newTarget();
    const first = await shop.prepare(target);
    const before = await stat(join(target, 'manifest.json'));
    const second = await shop.prepare(target);
    assert.deepEqual([second.upToDate, second.decoded], [true, 0]);
    assert.deepEqual(second.manifest, first.manifest);
    assert.equal((await stat(join(target, 'manifest.json'))).mtimeMs, before.mtimeMs);
  });

  test('decodes only what is new, and ends in the bytes of a fresh run', async () => {
    const source = await shop.copyRaw('growing');
    const [target, fresh] = [shop.newTarget(), shop.newTarget()];
    await shop.prepare(target, {}, { source });
    await writePhoto(join(source, 'cats', 'new.jpg'), await makeBlotPhoto('new'));
    await writePhoto(join(source, 'dogs', '0003.jpg'), await makeBlotPhoto('changed'));
    await rm(join(source, 'dogs', '0004.jpg'));
    const result = await shop.prepare(target, {}, { source });
    assert.deepEqual([result.upToDate, result.decoded, result.reused], [false, 2, 2 * shop.perClass - 2]);
    await shop.prepare(fresh, {}, { source });
    assert.deepEqual(await digestFolder(target), await digestFolder(fresh));
  });

  test('begins anew for other settings and leaves no old shard', async () => {
    const [target, fresh] = [shop.newTarget(), shop.newTarget()];
    await shop.prepare(target);
    const result = await shop.prepare(target, { imageSizePx: 24, fit: 'crop' });
    assert.equal(result.reused, 0);
    await shop.prepare(fresh, { imageSizePx: 24, fit: 'crop' });
    assert.deepEqual(await digestFolder(target), await digestFolder(fresh));
    assert.equal(
      (await shop.prepare(target, { imageSizePx: 24, fit: 'crop' }, { rebuild: true })).decoded,
      2 * shop.perClass,
    );
  });

  test('repairs a damaged data set and does not copy damaged records', async () => {
    const target = shop.newTarget();
    const { manifest } = await shop.prepare(target);
    const whole = await digestFolder(target);
    const shard = join(target, manifest.shards[0]?.file ?? '');
    const bytes = await readFile(shard);
    bytes[100] = (bytes[100] ?? 0) ^ 255;
    await writeFile(shard, bytes);
    await assert.rejects(openPreparedDataset(target, { verify: true }), { code: 'MANIFEST_INVALID' });
    const now = new Date();
    await utimes(join(shop.raw, 'cats', '0000.jpg'), now, now);
    const result = await shop.prepare(target);
    assert.ok(result.decoded > 1, 'records of the damaged shard are decoded again');
    assert.deepEqual(await digestFolder(target), whole);
    // What runs that were killed may leave.
    for (const stray of ['shards/train-0000-0123456789ab.bin', 'shards/.train-0.0a.tmp', '.manifest.json.0b.tmp'])
      await writeFile(join(target, stray), 'left over');
    await truncate(shard, 10);
    assert.equal((await shop.prepare(target)).upToDate, false);
    assert.deepEqual(await digestFolder(target), whole);
  });
});

void suite('pawprint data prepare', () => {
  test('prints counts as JSON or words, and up to date the second time', async () => {
    const target = shop.newTarget();
    const args = [
      'data',
      'prepare',
      '--data',
      shop.raw,
      '--to',
      target,
      '--image-size-px',
      '16',
      '--test-fraction',
      '0.25',
    ];
    const first = await runPawprint([...args, '--json'], { cwd: shop.folder });
    assert.equal(first.exitCode, 0, first.err);
    const json = JSON.parse(first.out) as {
      counts: unknown;
      upToDate: boolean;
      preprocessing: unknown;
      datasetMd5: string;
    };
    assert.deepEqual(json.counts, {
      train: { cats: 40, dogs: 40 },
      validation: { cats: 5, dogs: 5 },
      test: { cats: 15, dogs: 15 },
    });
    const second = await runPawprint(args, { cwd: shop.folder });
    assert.match(second.out, /is up to date/);
    assert.match(second.out, new RegExp(json.datasetMd5));
    assert.match(second.out, /train +40 cats, 40 dogs/);
  });

  test('takes its settings from params.yaml, flags first, and refuses unknown ones', async () => {
    const cwd = join(shop.folder, 'project');
    await mkdir(cwd);
    await writeFile(join(cwd, 'params.yaml'), 'seed: 3\nprepare:\n  imageSizePx: 24\n  fit: crop\n');
    const result = await runPawprint(['data', 'prepare', '--data', shop.raw, '--fit', 'pad', '--json'], { cwd });
    assert.equal(result.exitCode, 0, result.err);
    const { preprocessing, seed } = JSON.parse(result.out) as { preprocessing: unknown; seed: number };
    assert.deepEqual(
      { preprocessing, seed },
      { preprocessing: { imageSizePx: 24, fit: 'pad', filter: 'bilinear' }, seed: 3 },
    );
    await writeFile(join(cwd, 'params.yaml'), 'prepare:\n  imageSize: 24\n');
    const refused = await runPawprint(['data', 'prepare', '--data', shop.raw], { cwd });
    assert.equal(refused.exitCode, 2);
    assert.match(refused.err, /imageSizePx/);
  });

  test('ends at Ctrl-C with 130 and nothing half-written', async () => {
    const target = shop.newTarget();
    const args = ['data', 'prepare', '--data', shop.raw, '--to', target, '--image-size-px', '128'];
    const result = await runPawprint(args, {
      meanwhile: (child) => child.stderr?.once('data', () => child.kill('SIGINT')),
    });
    assert.equal(result.exitCode, 130, result.err);
    assert.equal(await exists(target), false);
  });
});
