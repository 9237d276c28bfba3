// pawprint api-key: keys are printed once and kept as hashes; each is revoked alone.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, afterEach, test } from 'node:test';
import { runInProcess, type InProcessOutcome } from './support/run-in-process.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-api-key-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const apiKey = (...args: string[]): Promise<InProcessOutcome> => runInProcess(['api-key', ...args], { cwd });
interface KeyFile {
  schemaVersion: number;
  keys: { name: string; sha256: string; scopes: string[]; createdAt: string; expiresAt?: string }[];
}
const keyFile = async (): Promise<KeyFile> => JSON.parse(await readFile(join(cwd, 'keys.json'), 'utf8')) as KeyFile;

test('create prints a key on a line of its own and keeps its SHA-256', async () => {
  const { exitCode, out, err } = await apiKey('create', '--name', 'shop');
  assert.equal(exitCode, 0, err);
  const [key = ''] = out.split('\n');
  assert.match(key, /^pp_[\w-]{43}$/);
  assert.deepEqual(await keyFile(), {
    schemaVersion: 1,
    keys: [
      {
        name: 'shop',
        sha256: createHash('sha256').update(key).digest('hex'),
        scopes: ['predict'],
        createdAt: '1970-01-01T00:00:00.000Z',
      },
    ],
  });
  assert.ok(!err.includes(key));
});

test('no two keys are the same, and scopes and an expiry are kept', async () => {
  const keys: string[] = [];
  for (const name of ['a', 'b']) {
    const { out } = await apiKey('create', '--name', name, '--scope', 'admin,predict', '--expires', '1.5', '--json');
    const answer = JSON.parse(out) as { key: string; scopes: string[]; expiresAt: string };
    assert.deepEqual([answer.scopes, answer.expiresAt], [['predict', 'admin'], '1970-01-02T12:00:00.000Z']);
    keys.push(answer.key);
  }
  assert.notEqual(keys[0], keys[1]);
});

test('list shows names, scopes and dates, never a hash; revoke takes one out', async () => {
  await apiKey('create', '--name', 'shop');
  await apiKey('create', '--name', 'ops', '--scope', 'admin', '--expires', '30');
  const listed = await apiKey('list');
  assert.match(listed.out, /^name +scopes +created +expires +state\n/);
  assert.match(listed.out, /^shop +predict +1970-01-01 +never +valid$/m);
  assert.match(listed.out, /^ops +admin +1970-01-01 +1970-01-31 +valid$/m);
  for (const { out } of [listed, await apiKey('list', '--json')]) assert.doesNotMatch(out, /[0-9a-f]{64}|pp_/);
  assert.equal((await apiKey('revoke', '--name', 'shop')).exitCode, 0);
  assert.deepEqual(
    (await keyFile()).keys.map(({ name }) => name),
    ['ops'],
  );
  const again = await apiKey('revoke', '--name', 'shop');
  assert.deepEqual([again.exitCode, /expected: ops/.test(again.err)], [2, true]);
});

test('mistakes are refused and change nothing', async () => {
  await apiKey('create', '--name', 'shop');
  const before = await readFile(join(cwd, 'keys.json'), 'utf8');
  const mistakes: [string[], number, RegExp][] = [
    [['create', '--name', 'shop'], 1, /already/],
    [['create'], 2, /--name/],
    [['create', '--name', 'a b'], 2, /name/],
    [['create', '--name', 'x', '--scope', 'root'], 2, /--scope/],
    [['create', '--name', 'x', '--scope', ''], 2, /--scope/],
    [['create', '--name', 'x', '--expires', '0'], 2, /--expires/],
    [['create', '--name', 'x', '--file', 'nowhere/keys.json'], 1, /nowhere/],
    [['list', '--file', 'none.json'], 1, /none\.json/],
    [['revoke', '--name', 'shop', '--file', 'none.json'], 1, /none\.json/],
  ];
  for (const [args, exitCode, words] of mistakes) {
    const outcome = await apiKey(...args);
    assert.equal(outcome.exitCode, exitCode, args.join(' '));
    assert.match(outcome.err, words);
    assert.doesNotMatch(outcome.out + outcome.err, /pp_[\w-]{43}/);
  }
  assert.equal(await readFile(join(cwd, 'keys.json'), 'utf8'), before);
});

test('a key written into the file by hand is refused and not shown', async () => {
  const key = `pp_${'k'.repeat(43)}`;
  await writeFile(join(cwd, 'keys.json'), JSON.stringify({ schemaVersion: 1, keys: [{ name: 'x', sha256: key }] }));
  for (const args of [['list'], ['list', '--json', '--debug'], ['create', '--name', 'y'], ['revoke', '--name', 'x']]) {
    const { exitCode, out, err } = await apiKey(...args);
    assert.equal(exitCode, 2);
    assert.ok(!(out + err).includes('kkkk'));
  }
});
