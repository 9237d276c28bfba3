// Opening a prepared data set: the same records from memory and from the disk, and a clear word for every damage.
import assert from 'node:assert/strict';
import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openPreparedDataset } from '../src/data/index.ts';
import { usePrepareWorkshop } from './support/prepare-workshop.ts';

const shop = usePrepareWorkshop(20);

void suite('openPreparedDataset', () => {
  test('reads the same records from memory and from the disk', async () => {
    const target = shop.newTarget();
    await shop.prepare(target);
    const inMemory = await openPreparedDataset(target);
    const onDisk = await openPreparedDataset(target, { inMemoryLimitBytes: 0 });
    const split = inMemory.split('train');
    const [a, b] = [new Uint8Array(split.recordBytes), new Uint8Array(split.recordBytes)];
    for (const index of [0, split.count - 1, 7]) {
      split.readRecord(index, a, 0);
      onDisk.split('train').readRecord(index, b, 0);
      assert.deepEqual(a, b);
    }
    assert.throws(() => split.readRecord(split.count, a, 0), RangeError);
    assert.throws(() => split.readRecord(0, a, 1), RangeError);
    inMemory.close();
    onDisk.close();
  });

  test('says what is wrong with what is not a whole data set of this version', async () => {
    const target = shop.newTarget();
    const { manifest } = await shop.prepare(target);
    const broken = shop.newTarget();
    const expectRefusal = async (why: RegExp, change: () => Promise<unknown>): Promise<void> => {
      await rm(broken, { recursive: true, force: true });
      await cp(target, broken, { recursive: true });
      await change();
      await assert.rejects(
        openPreparedDataset(broken),
        (error: { code?: string; message: string; received?: string; hint?: string }) => {
          assert.equal(error.code, 'MANIFEST_INVALID');
          assert.match(`${error.message} ${error.received ?? ''}`, why);
          assert.match(error.hint ?? '', /pawprint data prepare/);
          return true;
        },
      );
    };
    const json = await readFile(join(target, 'manifest.json'), 'utf8');
    const shard = join(broken, manifest.shards[0]?.file ?? '');
    const write = (text: string) => writeFile(join(broken, 'manifest.json'), text);
    await expectRefusal(/not a prepared data set/, () => rm(join(broken, 'manifest.json')));
    await expectRefusal(/not whole/, () => write(json.slice(0, json.length / 2)));
    await expectRefusal(/another version.*99/, () => write(json.replace('"schemaVersion": 1', '"schemaVersion": 99')));
    await expectRefusal(/seed/, () => write(json.replace('"seed": 7', '"seed": "7"')));
    await expectRefusal(/manifest\.csv.*no such file/, () => rm(join(broken, 'manifest.csv')));
    await expectRefusal(/manifest\.csv/, () => truncate(join(broken, 'manifest.csv'), 300));
    await expectRefusal(/no such file/, () => rm(shard));
    await expectRefusal(/100 bytes/, () => truncate(shard, 100));
    await assert.rejects(openPreparedDataset(join(shop.folder, 'nowhere')), { code: 'FILE_NOT_FOUND' });
    await assert.rejects(openPreparedDataset(join(target, 'manifest.json')), { code: 'NOT_A_DIRECTORY' });
    await assert.rejects(openPreparedDataset(shop.raw), { code: 'MANIFEST_INVALID' });
  });
});
