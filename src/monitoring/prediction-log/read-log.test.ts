// The reader gives back what the writer was given: whatever the sizes, files, restarts and processes.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createJsonLinesLog } from './json-lines-log.ts';
import { readFeedback, readLog, readPredictionLog } from './read-log.ts';
import { collect, note, type Note, noteKind, useFolders } from './test-fixtures/entries.ts';

const folders = useFolders();
const now = (): Date => new Date(Date.UTC(2026, 10, 25));
const logIn = (directory: string, options: { instance?: string; maxFileBytes?: number } = {}) =>
  createJsonLinesLog<Note>({ ...noteKind, directory, now, fsync: 'never', gatherMs: 0, ...options });
const textsOf = async (directory: string, options = {}): Promise<string[]> =>
  (await collect(readLog(directory, noteKind, options))).map(({ text }) => text);

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await folders.make();
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}
const lines = (...notes: readonly Note[]): string => notes.map((each) => `${JSON.stringify(each)}\n`).join('');

test('property: what one process writes comes back, in order', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.integer({ min: 0, max: 50_000 }).map((length) => 'é"\n'.repeat(length / 6)),
  );
  const written = fc.array(fc.record({ text, stepMs: fc.nat(30_000_000), restart: fc.boolean() }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(written, fc.integer({ min: 1, max: 100_000 }), async (steps, maxFileBytes) => {
      const directory = await folders.make();
      let log = logIn(directory, { maxFileBytes });
      let at = 0;
      const expected: Note[] = [];
      for (const { text, stepMs, restart } of steps) {
        at += stepMs;
        expected.push(note(text, at));
        log.write(note(text, at));
        if (!restart) continue;
        await log.close();
        log = logIn(directory, { maxFileBytes });
      }
      await log.close();
      assert.deepEqual(await collect(readLog(directory, noteKind)), expected);
    }),
    { numRuns: 40 },
  );
});

test('property: what several processes write comes back by time, each one’s in order', async () => {
  const steps = fc.array(fc.record({ instance: fc.nat(3), stepMs: fc.integer({ min: 1, max: 20_000_000 }) }), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (written) => {
      const directory = await folders.make();
      const logs = ['', 'a', 'b', 'c'].map((instance) => logIn(directory, { instance, maxFileBytes: 300 }));
      let at = 0;
      const expected = written.map(({ instance, stepMs }, i) => {
        at += stepMs;
        logs[instance]?.write(note(String(i), at));
        return String(i);
      });
      await Promise.all(logs.map((log) => log.close()));
      assert.deepEqual(await textsOf(directory), expected);
    }),
    { numRuns: 25 },
  );
});

test('from and to: the first is wanted, the second not any more', async () => {
  const directory = await folders.make();
  const log = logIn(directory, { maxFileBytes: 200 });
  const hours = Array.from({ length: 72 }, (_, hour) => hour);
  for (const hour of hours) log.write(note(String(hour), hour * 3_600_000));
  await log.close();
  const at = (hour: number): Date => new Date(note('', hour * 3_600_000).time);
  for (const [from, to] of [
    [0, 72],
    [23, 25],
    [24, 48],
    [30, 30],
    [71, 100],
  ] as const)
    assert.deepEqual(
      await textsOf(directory, { from: at(from), to: at(to) }),
      hours.filter((hour) => hour >= from && hour < to).map(String),
    );
  // A file of another day is not even opened.
  await writeFile(join(directory, 'notes-2026-12-24-000.jsonl'), 'nonsense\n');
  assert.equal((await textsOf(directory, { to: at(72) })).length, 72);
});

test('a torn last line is left out and told; one that only lacks its newline is an entry', async () => {
  const directory = await folderWith({
    'notes-2026-11-25-a-000.jsonl': lines(note('one', 1)) + lines(note('two', 2)).slice(0, -1),
    'notes-2026-11-25-b-000.jsonl': `${lines(note('three', 3))}{"time":"2026-`,
    'notes-2026-11-25-b-001.jsonl': '',
    'notes-2026-11-26-b-000.jsonl': '{',
    'notes.txt': 'something else',
  });
  const torn: unknown[] = [];
  const onTornLine = (place: unknown): unknown => torn.push(place);
  assert.deepEqual(await textsOf(directory, { onTornLine }), ['one', 'two', 'three']);
  assert.deepEqual(torn, [
    { file: join(directory, 'notes-2026-11-25-b-000.jsonl'), line: 2 },
    { file: join(directory, 'notes-2026-11-26-b-000.jsonl'), line: 1 },
  ]);
});

test('anything else that is wrong is an error that names file and line', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['{"time":\n', /000\.jsonl:2 is no entry/],
    ['\n', /000\.jsonl:2 is no entry/],
    ['{"time":"2026-11-25T00:00:00.000Z"}\n', /000\.jsonl:2: text is no entry/],
    ['{"time":"yesterday","text":""}\n', /000\.jsonl:2: time is no entry/],
    [`{"time":"2026-11-25T00:00:00.000Z","text":"${'x'.repeat(2 ** 20)}"}\n`, /000\.jsonl:2 is no entry/],
  ];
  for (const [line, message] of cases) {
    const name = 'notes-2026-11-25-000.jsonl';
    const directory = await folderWith({ [name]: lines(note('good')) + line + lines(note('good')) });
    await assert.rejects(textsOf(directory), { code: 'PREDICTION_LOG_INVALID', message });
  }
  const bytes = Buffer.from(lines(note('é')));
  bytes[bytes.indexOf(0xc3)] = 0xff;
  const directory = await folders.make();
  await writeFile(join(directory, 'notes-2026-11-25-000.jsonl'), bytes);
  await assert.rejects(textsOf(directory), { code: 'PREDICTION_LOG_INVALID', message: /000\.jsonl:1 is no entry/ });
});

test('no folder is an error, an empty one is not; a file that goes meanwhile is passed over', async () => {
  const directory = await folders.make();
  await assert.rejects(collect(readPredictionLog(join(directory, 'none'))), { code: 'FILE_NOT_FOUND' });
  assert.deepEqual(await collect(readFeedback(directory)), []);
  await mkdir(join(directory, 'images'));
  const log = logIn(directory, { maxFileBytes: 1 });
  for (const text of ['a', 'b', 'c']) log.write(note(text));
  await log.close();
  const seen: string[] = [];
  for await (const { text } of readLog(directory, noteKind)) {
    seen.push(text);
    await rm(join(directory, 'notes-2026-11-25-002.jsonl'), { force: true });
  }
  assert.deepEqual(seen, ['a', 'b']);
});

test('stops on request, and leaves no file open when its reader stops', async () => {
  const directory = await folders.make();
  const log = logIn(directory);
  for (let i = 0; i < 5000; i++) log.write(note(String(i)));
  await log.close();
  const stop = new AbortController();
  const reading = collect(
    (async function* () {
      for await (const entry of readLog(directory, noteKind, { signal: stop.signal })) {
        if (entry.text === '100') stop.abort();
        yield entry;
      }
    })(),
  );
  await assert.rejects(reading, { code: 'CANCELLED' });
  const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd').catch(() => [])).length;
  const before = await openFiles();
  for (let i = 0; i < 20; i++) for await (const entry of readLog(directory, noteKind)) if (entry.text === '3') break;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok((await openFiles()) <= before + 2, 'files are closed');
});
