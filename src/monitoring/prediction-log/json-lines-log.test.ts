// The writer on real folders: rotation, restarts, clocks that jump, folders that go, lines that find no room.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { DropReason } from './drop-reasons.ts';
import { createJsonLinesLog, type JsonLinesLog, type JsonLinesLogOptions } from './json-lines-log.ts';
import { note, type Note, noteKind, textsByFile, useFolders } from './test-fixtures/entries.ts';

const folders = useFolders();
const dayMs = 86_400_000;

interface Watched {
  readonly log: JsonLinesLog<Note>;
  readonly counts: { written: number; bytes: number; dropped: Partial<Record<DropReason, number>> };
  /** Resolves when the log's health is told next. */
  nextHealth(): Promise<boolean>;
}

function watchedLog(directory: string, options: Partial<JsonLinesLogOptions<Note>> = {}): Watched {
  const counts: Watched['counts'] = { written: 0, bytes: 0, dropped: {} };
  let waiting: ((healthy: boolean) => void)[] = [];
  const log = createJsonLinesLog<Note>({
    ...noteKind,
    directory,
    gatherMs: 0,
    now: () => new Date(Date.UTC(2026, 10, 25)),
    onWritten: ({ lines, bytes }) => {
      counts.written += lines;
      counts.bytes += bytes;
    },
    onDropped: ({ lines, reason }) => {
      counts.dropped[reason] = (counts.dropped[reason] ?? 0) + lines;
    },
    onHealth: (healthy) => {
      for (const resolve of waiting) resolve(healthy);
      waiting = [];
    },
    ...options,
  });
  return { log, counts, nextHealth: () => new Promise((resolve) => waiting.push(resolve)) };
}

test('makes the folder and writes in order, without being asked to flush', async () => {
  const directory = join(await folders.make(), 'a', 'b');
  const { log, counts } = watchedLog(directory);
  const texts = Array.from({ length: 500 }, (_, i) => String(i));
  for (const text of texts) log.write(note(text));
  while (counts.written < 500) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(await textsByFile(directory), { 'notes-2026-11-25-000.jsonl': texts });
  await log.close();
  assert.deepEqual(counts.dropped, {});
});

for (const fsync of ['always', 'interval', 'never'] as const)
  test(`fsync ${fsync}: what was flushed and what close left is there`, async () => {
    const directory = await folders.make();
    const { log, counts } = watchedLog(directory, { fsync, fsyncIntervalMs: 1 });
    log.write(note('a'));
    assert.equal(await log.flush(), true);
    assert.equal(counts.written, 1);
    log.write(note('b'));
    await log.close();
    assert.deepEqual(await textsByFile(directory), { 'notes-2026-11-25-000.jsonl': ['a', 'b'] });
    assert.equal(counts.bytes, 2 * (JSON.stringify(note('a')).length + 1));
  });

test('forces lines onto the disk as the policy says', async (context) => {
  const directory = await folders.make();
  // Counted on the way to the system; every one is still done.
  const probe = await open(join(directory, 'probe'), 'w');
  const datasync = context.mock.method(Object.getPrototypeOf(probe) as FileHandle, 'datasync');
  await probe.close();
  const syncs = (): number => datasync.mock.callCount();
  const quiet = watchedLog(directory, { instance: 'never', fsync: 'never' });
  for (let i = 0; i < 3; i++) {
    quiet.log.write(note('a'));
    await quiet.log.flush();
  }
  await quiet.log.close();
  assert.equal(syncs(), 0);
  const always = watchedLog(directory, { instance: 'always', fsync: 'always', onWritten: () => seen.push(syncs()) });
  const seen: number[] = [];
  for (let i = 0; i < 3; i++) {
    always.log.write(note('a'));
    await always.log.flush();
  }
  assert.deepEqual(seen, [1, 2, 3], 'before it is told as written');
  await always.log.close();
  const before = syncs();
  const interval = watchedLog(directory, { instance: 'interval', fsyncIntervalMs: 20 });
  interval.log.write(note('a'));
  interval.log.write(note('b'));
  while (syncs() === before) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(interval.counts.written, 2);
  await interval.log.close();
});

test('rotates by size: no file is larger, but for one line that alone is', async () => {
  const directory = await folders.make();
  const line = JSON.stringify(note('00')).length + 1;
  const { log } = watchedLog(directory, { maxFileBytes: 3 * line });
  for (const text of ['00', '01', '02', '03', 'x'.repeat(1000), '05']) log.write(note(text));
  await log.close();
  assert.deepEqual(await textsByFile(directory), {
    'notes-2026-11-25-000.jsonl': ['00', '01', '02'],
    'notes-2026-11-25-001.jsonl': ['03'],
    'notes-2026-11-25-002.jsonl': ['x'.repeat(1000)],
    'notes-2026-11-25-003.jsonl': ['05'],
  });
});

test('rotates by the day of the entry; a clock that goes back by a day loses and overwrites nothing', async () => {
  const directory = await folders.make();
  const { log, counts } = watchedLog(directory);
  const days: readonly (readonly [string, number])[] = [
    ['monday', 0],
    ['late', dayMs - 1],
    ['tuesday', dayMs],
    ['back on monday', 5],
    ['tuesday again', dayMs + 1],
    ['a year before', -365 * dayMs],
  ];
  for (const [text, at] of days) log.write(note(text, at));
  await log.close();
  assert.equal(counts.written, 6);
  assert.deepEqual(await textsByFile(directory), {
    'notes-2025-11-25-000.jsonl': ['a year before'],
    'notes-2026-11-25-000.jsonl': ['monday', 'late', 'back on monday'],
    'notes-2026-11-26-000.jsonl': ['tuesday', 'tuesday again'],
  });
});

test('a restarted process goes on in the newest file, a torn line in it repaired', async () => {
  const directory = await folders.make();
  const first = watchedLog(directory);
  first.log.write(note('a'));
  await first.log.close();
  const path = join(directory, 'notes-2026-11-25-000.jsonl');
  const whole = JSON.stringify(note('whole, but for its newline'));
  await writeFile(path, whole, { flag: 'a' });
  const second = watchedLog(directory);
  second.log.write(note('b'));
  await second.log.close();
  await writeFile(path, whole.slice(0, -3), { flag: 'a' });
  const third = watchedLog(directory);
  third.log.write(note('c'));
  await third.log.close();
  assert.deepEqual(await textsByFile(directory), {
    'notes-2026-11-25-000.jsonl': ['a', 'whole, but for its newline', 'b', 'c'],
  });
});

test('a file that cannot be gone on with is left alone', async () => {
  const directory = await folders.make();
  await mkdir(join(directory, 'notes-2026-11-25-007.jsonl'));
  const { log } = watchedLog(directory);
  log.write(note('a'));
  await log.close();
  assert.deepEqual((await readdir(directory)).sort(), ['notes-2026-11-25-007.jsonl', 'notes-2026-11-25-008.jsonl']);
});

test('instances write side by side into files of their own', async () => {
  const directory = await folders.make();
  const logs = ['', 'a', 'b'].map((instance) => watchedLog(directory, { instance }).log);
  for (let i = 0; i < 100; i++) logs.forEach((log, which) => log.write(note(`${which} ${i}`)));
  await Promise.all(logs.map((log) => log.close()));
  const expected = (which: number): string[] => Array.from({ length: 100 }, (_, i) => `${which} ${i}`);
  assert.deepEqual(await textsByFile(directory), {
    'notes-2026-11-25-000.jsonl': expected(0),
    'notes-2026-11-25-a-000.jsonl': expected(1),
    'notes-2026-11-25-b-000.jsonl': expected(2),
  });
  assert.throws(() => watchedLog(directory, { instance: '../x' }), { code: 'CONFIG_INVALID' });
});

test('old files go when a new one begins', async () => {
  const directory = await folders.make();
  const { log } = watchedLog(directory, { maxFileBytes: 1, retention: { maxFiles: 3 } });
  for (let i = 0; i < 7; i++) log.write(note(String(i)));
  await log.close();
  assert.deepEqual(Object.values(await textsByFile(directory)), [['4'], ['5'], ['6']]);
  const later = new Date(Date.UTC(2026, 11, 25));
  const month = watchedLog(directory, { instance: 'other', retention: { maxAgeDays: 7 }, now: () => later });
  month.log.write(note('new', 30 * dayMs));
  await month.log.close();
  assert.deepEqual(await textsByFile(directory), { 'notes-2026-12-25-other-000.jsonl': ['new'] });
  assert.throws(() => watchedLog(directory, { retention: { maxFiles: 0 } }), { code: 'CONFIG_INVALID' });
});

test('what is no entry is dropped and counted, and the rest written', async () => {
  const directory = await folders.make();
  const { log, counts } = watchedLog(directory);
  const circle: Record<string, unknown> = { time: note('').time, text: 'a' };
  circle['self'] = circle;
  const bad: unknown[] = [circle, { time: 'x', text: '' }, { ...note(''), more: 1 }, note('x'.repeat(65_536)), null];
  for (const each of bad) log.write(each as Note);
  log.write(note('good'));
  await log.close();
  log.write(note('late'));
  assert.deepEqual(counts.dropped, { invalid: 5, closed: 1 });
  assert.deepEqual(await textsByFile(directory), { 'notes-2026-11-25-000.jsonl': ['good'] });
});

test('lines that the disk is too slow for are dropped and counted; those that found room are written', async () => {
  const directory = await folders.make();
  const { log, counts } = watchedLog(directory, { maxWaitingBytes: 10_000 });
  // Within one turn of the event loop nothing can be written.
  for (let i = 0; i < 1000; i++) log.write(note(String(i).padStart(4, '0')));
  await log.close();
  const kept = Math.floor(10_000 / (JSON.stringify(note('0000')).length + 1));
  assert.deepEqual(counts.dropped, { buffer_full: 1000 - kept });
  const [texts] = Object.values(await textsByFile(directory));
  assert.deepEqual(
    texts,
    Array.from({ length: kept }, (_, i) => String(i).padStart(4, '0')),
  );
});

test('a folder that is removed is made again, and the lines that were under way are in it', async () => {
  const directory = join(await folders.make(), 'log');
  const watched = watchedLog(directory, { retryMs: { first: 1, longest: 1 } });
  watched.log.write(note('a'));
  await watched.log.flush();
  await rm(directory, { recursive: true });
  watched.log.write(note('b'));
  assert.equal(await watched.nextHealth(), false);
  assert.equal(await watched.nextHealth(), true);
  assert.equal(await watched.log.flush(), true);
  assert.deepEqual(await textsByFile(directory), { 'notes-2026-11-25-000.jsonl': ['b'] });
  await watched.log.close();
  assert.deepEqual(watched.counts.dropped, {});
});

test('where no folder can be made, lines wait, then drop, and go on when it can', async () => {
  const place = await folders.make();
  const directory = join(place, 'log');
  await writeFile(directory, 'a file in the way');
  const watched = watchedLog(directory, { maxWaitingBytes: 1000, retryMs: { first: 1, longest: 20 } });
  watched.log.write(note('a'));
  assert.equal(await watched.nextHealth(), false);
  assert.equal(await watched.log.flush(), false);
  for (let i = 0; i < 100; i++) watched.log.write(note('b'));
  const dropped = watched.counts.dropped.unwritable ?? 0;
  assert.ok(dropped > 0);
  await rename(directory, join(place, 'moved'));
  assert.equal(await watched.nextHealth(), true);
  watched.log.write(note('c'));
  await watched.log.close();
  const [texts = []] = Object.values(await textsByFile(directory));
  assert.deepEqual([texts[0], texts.at(-1)], ['a', 'c']);
  assert.equal(texts.length + dropped, 102);
});

test('close ends on a folder that cannot be written, and counts what it leaves', async () => {
  const directory = join(await folders.make(), 'log');
  await writeFile(directory, 'a file in the way');
  const { log, counts } = watchedLog(directory);
  for (let i = 0; i < 10; i++) log.write(note('a'));
  await Promise.all([log.close(), log.close()]);
  assert.deepEqual(counts.dropped, { unwritable: 10 });
});

test(
  'close does not wait for a disk that hangs',
  { skip: process.platform === 'win32' && 'needs mkfifo' },
  async () => {
    const directory = await folders.make();
    // A pipe that nobody reads takes 64 KiB and then no more, as a network disk that went away.
    const pipe = join(directory, 'notes-2026-11-25-000.jsonl');
    await promisify(execFile)('mkfifo', [pipe]);
    const { log, counts } = watchedLog(directory, { fsync: 'never' });
    for (let i = 0; i < 200; i++) log.write(note('x'.repeat(1000)));
    await log.close(50);
    assert.deepEqual(counts, { written: 0, bytes: 0, dropped: { closed: 200 } });
    // Lets the thread go that still writes.
    await once(createReadStream(pipe).resume(), 'close');
    assert.deepEqual(counts.dropped, { closed: 200 }, 'nothing is counted twice');
  },
);
