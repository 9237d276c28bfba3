import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkInstanceId, compareLogFiles, instanceIdFrom, logFileName, parseLogFileName } from './file-names.ts';
import { oldFiles } from './retention.ts';

const parts = fc.record({
  day: fc
    .date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  instance: fc.oneof(
    fc.constant(''),
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
    fc.constant('000'),
    fc.constant('a-001'),
  ),
  sequence: fc.nat(5000),
});

test('a name says its parts, whatever the instance is called', () => {
  fc.assert(
    fc.property(parts, (file) => {
      const name = logFileName('predictions', file);
      assert.deepEqual(parseLogFileName('predictions', name), { name, ...file });
      assert.equal(parseLogFileName('feedback', name), undefined);
    }),
  );
});

test('names as documented', () => {
  const day = '2026-11-25';
  assert.equal(logFileName('predictions', { day, instance: '', sequence: 0 }), 'predictions-2026-11-25-000.jsonl');
  assert.equal(logFileName('feedback', { day, instance: 'pod7', sequence: 12 }), 'feedback-2026-11-25-pod7-012.jsonl');
  for (const other of [
    'images',
    'predictions-2026-11-25.jsonl',
    'predictions-2026-11-25-000.jsonl.gz',
    'predictions-x-000.jsonl',
  ])
    assert.equal(parseLogFileName('predictions', other), undefined);
});

test('files stand in the order of day and sequence, beyond 999 too', () => {
  const names = ['b-2026-11-26-000', 'b-2026-11-25-1000', 'b-2026-11-25-999', 'b-2026-11-25-000'];
  const files = names.map((name) => parseLogFileName('b', `${name}.jsonl`)).filter((file) => file !== undefined);
  assert.deepEqual(
    files.sort(compareLogFiles).map(({ name }) => name),
    [...names].reverse().map((name) => `${name}.jsonl`),
  );
});

test('an instance id out of any host name', () => {
  assert.equal(instanceIdFrom('-web 1/é.local:8000'), 'web-1-.local-8000');
  fc.assert(fc.property(fc.string(), (text) => checkInstanceId(instanceIdFrom(text))));
  for (const bad of ['../up', 'a/b', '-a', 'a b', 'x'.repeat(64)])
    assert.throws(() => checkInstanceId(bad), { code: 'CONFIG_INVALID' });
});

test('retention: own files by number, everyone’s by age, the open one never', () => {
  const day = (text: string, instance: string, sequence = 0): string =>
    logFileName('p', { day: text, instance, sequence });
  const names = [
    ...[day('2026-11-01', 'gone'), day('2026-11-18', 'a'), day('2026-11-25', 'a'), day('2026-11-25', 'a', 1)],
    ...[day('2026-11-17', 'a', 7), day('2026-11-24', 'b')],
  ];
  const files = names.map((name) => parseLogFileName('p', name)).filter((file) => file !== undefined);
  const gone = (retention: object, current = day('2026-11-25', 'a', 1)): string[] =>
    oldFiles({ files, current, instance: 'a', retention, now: () => new Date('2026-11-25T12:00:00Z') }).map(
      ({ name }) => name,
    );
  assert.deepEqual(gone({}), []);
  assert.deepEqual(gone({ maxFiles: 2 }), [day('2026-11-18', 'a'), day('2026-11-17', 'a', 7)]);
  assert.deepEqual(gone({ maxAgeDays: 7 }), [day('2026-11-01', 'gone'), day('2026-11-17', 'a', 7)]);
  assert.deepEqual(
    gone({ maxFiles: 1, maxAgeDays: 0 }, day('2026-11-01', 'gone')),
    names.slice(1, 3).concat(names.slice(4)),
  );
});
