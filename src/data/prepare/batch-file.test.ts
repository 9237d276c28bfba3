import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { readBatchRows, writeBatchFile, type BatchRow } from './batch-file.ts';

const recordBytes = 12;
const rows: BatchRow[] = ['cats/ä.jpg', 'dogs/"b",\n.jpg'].map((path, i) => ({
  path,
  listedSizeBytes: 100 + i,
  mtimeMs: 1234.567,
  sizeBytes: 100 + i,
  md5: String(i).repeat(32),
  hash: 'f'.repeat(16),
  width: 640,
  height: 480,
}));
const records = [new Uint8Array(recordBytes).fill(1), new Uint8Array(recordBytes).fill(2)];

void suite('batch files', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pawprint-batch-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  test('come back as written, records first', async () => {
    const path = join(folder, 'a.bin');
    writeBatchFile(path, rows, records);
    assert.deepEqual(await readBatchRows(path, recordBytes), rows);
    const bytes = await readFile(path);
    assert.deepEqual([...bytes.subarray(recordBytes, 2 * recordBytes)], [...(records[1] ?? [])]);
    assert.deepEqual(await readdir(folder), ['a.bin']);
  });

  test('are null when cut short at any byte, changed, or of another record size', async () => {
    const path = join(folder, 'a.bin');
    writeBatchFile(path, rows, records);
    const whole = await readFile(path);
    for (let length = 0; length < whole.length; length += 7) {
      await writeFile(path, whole.subarray(0, length));
      assert.equal(await readBatchRows(path, recordBytes), null, `cut to ${length} bytes`);
    }
    const changed = Buffer.from(whole);
    changed[3] = 99;
    await writeFile(path, changed);
    assert.equal(await readBatchRows(path, recordBytes), null);
    await writeFile(path, whole);
    assert.equal(await readBatchRows(path, recordBytes * 2), null);
  });

  test('leave nothing behind when they cannot be written', () => {
    assert.throws(() => writeBatchFile(join(folder, 'missing', 'a.bin'), rows, records), { code: 'ENOENT' });
  });
});
