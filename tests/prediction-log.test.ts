// The prediction log against what happens to machines: processes that are killed, disks that fill up.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { createRandom } from '../src/core/index.ts';
import { createJsonLinesLog, readLog } from '../src/monitoring/index.ts';
import { type NumberedEntry, numberedKind } from './support/numbered-log.ts';
import { repositoryRoot } from './support/run-pawprint.ts';
import { mountSmallDisk, unmountSmallDisk, whyNoSmallDisk } from './support/small-disk.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawprint-log-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const now = (): Date => new Date();
const entry = (number: number, size = 500): NumberedEntry => ({
  ...{ time: now().toISOString(), run: 0, number, padding: 'x'.repeat(size) },
});

async function readAll(directory: string): Promise<NumberedEntry[]> {
  const entries: NumberedEntry[] = [];
  for await (const each of readLog(directory, numberedKind)) entries.push(each);
  return entries;
}

/** Every line of every file, newline and all, is JSON. */
async function assertWhole(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.jsonl')) continue;
    const text = await readFile(join(directory, name), 'utf8');
    assert.ok(text === '' || text.endsWith('\n'), `${name} ends in the middle of a line`);
    for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
  }
}

for (const fsync of ['always', 'interval'])
  test(`killed again and again (fsync ${fsync}): whole files after the next start, nothing lost that was on the disk`, async () => {
    const directory = join(folder, `kills-${fsync}`);
    const child = join(repositoryRoot, 'tests', 'support', 'log-child.ts');
    const random = createRandom(`log ${fsync}`);
    const confirmed: number[] = [];
    for (let run = 0; run < 6; run++) {
      const running = spawn(process.execPath, [child, directory, String(run), fsync], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(running, 'close');
      let printed = '';
      running.stdout.on('data', (data: Buffer) => (printed += data.toString()));
      await once(running.stdout, 'data');
      setTimeout(() => running.kill('SIGKILL'), random.integer(150));
      const [, signal] = (await ended) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL');
      // A number that is cut by the kill was not said: only whole lines count.
      confirmed.push(Number(printed.split('\n').at(-2)));
      // The system seldom lets a kill into the middle of a write; this is what one leaves.
      const newest = (await readdir(directory)).sort().at(-1) ?? '';
      const torn = JSON.stringify({ ...entry(0), run: 99 });
      await appendFile(join(directory, newest), torn.slice(0, random.integer(torn.length)));
      const next = createJsonLinesLog({ ...numberedKind, directory, now });
      next.write({ ...entry(run), run: -1 });
      assert.equal(await next.flush(), true);
      await next.close();
      await assertWhole(directory);
    }
    assert.ok((await readdir(directory)).length > 1, 'files were rotated');
    const entries = await readAll(directory);
    assert.ok(entries.every(({ run }) => run !== 99));
    confirmed.forEach((count, run) => {
      const numbers = entries.filter((each) => each.run === run).map(({ number }) => number);
      assert.ok(numbers.length >= count && count > 0, `run ${run}: ${count} confirmed, ${numbers.length} there`);
      // In order and without a gap: what was not confirmed may be there too, up to where the kill came.
      assert.ok(numbers.every((number, i) => number === i));
    });
    assert.deepEqual(
      entries.filter(({ run }) => run === -1).map(({ number }) => number),
      [0, 1, 2, 3, 4, 5],
    );
  });

void suite('a disk of 1 MB', { skip: await whyNoSmallDisk() }, () => {
  let disk = '';
  before(async () => {
    disk = await mkdtemp(join(tmpdir(), 'pawprint-disk-'));
    await mountSmallDisk(disk, 'size=1m');
  });
  after(async () => {
    await unmountSmallDisk(disk);
    await rm(disk, { recursive: true, force: true });
  });

  test('full: lines drop, counted, no file is broken; with space again it goes on', async () => {
    const directory = join(disk, 'log');
    const filler = join(disk, 'filler');
    await writeFile(filler, new Uint8Array(300_000));
    const counts = { written: 0, diskFull: 0, bufferFull: 0, other: 0 };
    const kinds: Partial<Record<string, 'diskFull' | 'bufferFull'>> = {
      disk_full: 'diskFull',
      buffer_full: 'bufferFull',
    };
    const health: boolean[] = [];
    const log = createJsonLinesLog({
      ...{ ...numberedKind, directory, now, gatherMs: 0, maxFileBytes: 200_000, maxWaitingBytes: 50_000 },
      retryMs: { first: 1, longest: 20 },
      onWritten: ({ lines }) => (counts.written += lines),
      onDropped: ({ lines, reason }) => (counts[kinds[reason] ?? 'other'] += lines),
      onHealth: (healthy) => health.push(healthy),
    });
    let number = 0;
    const write = async (): Promise<void> => {
      // Lines of many lengths: the disk ends in the middle of one.
      for (let burst = 0; burst < 20; burst++) log.write(entry(number, (number++ * 131) % 1500));
      await new Promise((resolve) => setTimeout(resolve, 2));
    };
    for (let round = 0; round < 3; round++) {
      const dropped = counts.diskFull;
      while (counts.diskFull < dropped + 100) await write();
      assert.equal(health.at(-1), false);
      await assertWhole(directory);
      if (round === 0) {
        assert.equal((await readAll(directory)).length, counts.written);
        await rm(filler);
      } else for (const name of (await readdir(directory)).sort().slice(0, 2)) await rm(join(directory, name));
      const written = counts.written;
      while (health.at(-1) === false || counts.written === written) await write();
    }
    await log.close();
    assert.equal(counts.written + counts.diskFull + counts.bufferFull, number, 'each is written or counted as dropped');
    assert.equal(counts.other, 0);
    assert.deepEqual(health, [false, true, false, true, false, true]);
    await assertWhole(directory);
    const numbers = (await readAll(directory)).map((each) => each.number);
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
      'in the order of writing',
    );
    assert.equal(new Set(numbers).size, numbers.length, 'none twice');
    assert.ok(numbers.length > 100);
  });
});
