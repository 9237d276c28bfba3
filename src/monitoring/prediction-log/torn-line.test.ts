import assert from 'node:assert/strict';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { useFolders } from './test-fixtures/entries.ts';
import { repairTornLine } from './torn-line.ts';

const folders = useFolders();

async function repaired(text: string): Promise<string> {
  const path = join(await folders.make(), 'log');
  await writeFile(path, text);
  const handle = await open(path, 'a+');
  try {
    const size = await repairTornLine(handle, 65_536);
    const after = await readFile(path, 'utf8');
    assert.equal(size, Buffer.byteLength(after));
    return after;
  } finally {
    await handle.close();
  }
}

test('cut at every byte, a file keeps its whole lines and nothing else', async () => {
  const lines = ['{"a":1}\n', '{"text":"é } \\" {"}\n'];
  const bytes = Buffer.from(lines.join(''));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const path = join(await folders.make(), 'log');
    await writeFile(path, bytes.subarray(0, cut));
    const handle = await open(path, 'a+');
    await repairTornLine(handle, 65_536);
    await handle.close();
    // Without its newline a line is whole already.
    const whole = [lines[0] ?? '', bytes.toString()].map((text) => Buffer.byteLength(text) - 1);
    const kept = whole.filter((length) => cut >= length).length;
    assert.equal(await readFile(path, 'utf8'), lines.slice(0, kept).join(''), `cut at ${cut}`);
  }
});

test('a last line that is no object is cut off, even when it is JSON', async () => {
  for (const tail of ['1', '"a"', '[{}]', 'null', '{"a":1', '\0\0\0\0'])
    assert.equal(await repaired(`{}\n${tail}`), '{}\n');
  assert.equal(await repaired('no newline at all'), '');
});

test('long tails are cut off without being read as a whole', async () => {
  const line = `{"a":"${'x'.repeat(200_000)}"}`;
  assert.equal(await repaired(`{}\n${line}`), '{}\n');
  assert.equal(await repaired(`${line}\n{"b":2}`), `${line}\n{"b":2}\n`);
});
