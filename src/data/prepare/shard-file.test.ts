import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { hashBytes } from '../../core/index.ts';
import { shardNamePattern, writeShardFile, type ShardPlan } from './shard-file.ts';

const recordBytes = 5;

void suite('writeShardFile', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pawprint-shard-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  /** 40 record files of 3 records; record s of file f is filled with 3 f + s. */
  async function makePlan(order: readonly (readonly [file: number, slot: number])[]): Promise<ShardPlan> {
    const files = Array.from({ length: 40 }, (_, i) => join(folder, `source-${i}.bin`));
    for (const [i, path] of files.entries())
      await writeFile(path, Buffer.concat([0, 1, 2].map((slot) => Buffer.alloc(recordBytes, 3 * i + slot))));
    const directory = join(folder, 'shards');
    await mkdir(directory, { recursive: true });
    const file = Uint32Array.from(order, ([each]) => each);
    const slot = Uint32Array.from(order, ([, each]) => each);
    return { directory, split: 'train', number: 12, recordBytes, files, file, slot };
  }

  test('gathers records in the order asked, from more files than are held open', async () => {
    const order = Array.from({ length: 120 }, (_, i) => [(i * 7) % 40, (i * 5) % 3] as const);
    order.push([3, 0], [3, 1], [3, 2], [3, 0]);
    const plan = await makePlan(order);
    const { name, sha256 } = writeShardFile(plan);
    const bytes = await readFile(join(plan.directory, name));
    assert.equal(bytes.length, order.length * recordBytes);
    order.forEach(([file, slot], i) => assert.equal(bytes[i * recordBytes + 4], 3 * file + slot, `record ${i}`));
    assert.equal(sha256, hashBytes('sha256', bytes));
    assert.match(name, shardNamePattern);
    assert.equal(name, `train-0012-${sha256.slice(0, 12)}.bin`);
  });

  test('leaves nothing behind when a record file is missing or too short', async () => {
    const plan = await makePlan([
      [0, 0],
      [1, 2],
    ]);
    await rm(plan.directory, { recursive: true });
    await mkdir(plan.directory);
    await writeFile(join(folder, 'source-1.bin'), 'short');
    assert.throws(() => writeShardFile(plan), /ends too early/);
    await rm(join(folder, 'source-1.bin'));
    assert.throws(() => writeShardFile(plan), { code: 'ENOENT' });
    assert.deepEqual(await readdir(plan.directory), []);
  });
});
