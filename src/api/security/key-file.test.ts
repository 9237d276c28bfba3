import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { describeError, PawprintError } from '../../core/index.ts';
import { formatKey, hashKey } from './api-keys.ts';
import { addKey, listKeys, type NewKey, readKeyFile, revokeKey } from './key-file.ts';

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-key-file-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}
const newKey = (name: string, byte: number, more: Partial<NewKey> = {}): NewKey => ({
  name,
  key: formatKey(new Uint8Array(32).fill(byte)),
  scopes: ['predict'],
  createdAt: new Date('2026-01-01T00:00:00Z'),
  expiresAt: undefined,
  ...more,
});
const failsWith =
  (code: string, words?: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PawprintError);
    assert.equal(error.code, code);
    if (words !== undefined) assert.match(describeError(error), words);
    return true;
  };

test('keys are added, listed and revoked; the file holds their hashes and not them', async (t) => {
  const folder = await emptyFolder(t);
  const path = join(folder, 'keys.json');
  const shop = newKey('shop', 1);
  const ops = newKey('ops', 2, { scopes: ['predict', 'admin'], expiresAt: new Date('2026-02-01T00:00:00Z') });
  await addKey(path, shop);
  await addKey(path, ops);
  const text = await readFile(path, 'utf8');
  for (const { key } of [shop, ops]) {
    assert.ok(!text.includes(key.slice(3, 13)));
    assert.ok(text.includes(hashKey(key).toString('hex')));
  }
  const listed = await listKeys(path, new Date('2026-02-01T00:00:00Z'));
  assert.deepEqual(
    listed.map(({ name, scopes, state }) => [name, scopes, state]),
    [
      ['shop', ['predict'], 'valid'],
      ['ops', ['predict', 'admin'], 'expired'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(listed), /[0-9a-f]{64}/);
  await revokeKey(path, 'shop');
  assert.deepEqual(
    (await readKeyFile(path)).map(({ name }) => name),
    ['ops'],
  );
  await revokeKey(path, 'ops');
  assert.deepEqual(await readKeyFile(path), [], 'the file stays when its last key goes');
  assert.deepEqual(await readdir(folder), ['keys.json'], 'nothing else is left');
});

test('a taken or odd name, an unknown one, a missing file are refused; the file stays as it was', async (t) => {
  const path = join(await emptyFolder(t), 'keys.json');
  await assert.rejects(revokeKey(path, 'shop'), failsWith('FILE_NOT_FOUND'));
  await addKey(path, newKey('shop', 1));
  const before = await readFile(path, 'utf8');
  await assert.rejects(addKey(path, newKey('shop', 2)), failsWith('ALREADY_EXISTS'));
  for (const name of ['', 'a b', 'a\nb', 'ü', '<b>', 'x'.repeat(65)])
    await assert.rejects(addKey(path, newKey(name, 3)), failsWith('USAGE'));
  await assert.rejects(revokeKey(path, 'ops'), failsWith('USAGE', /expected: shop/));
  assert.equal(await readFile(path, 'utf8'), before);
});

test('of many changes at once each is made or refused, none is lost', async (t) => {
  const path = join(await emptyFolder(t), 'keys.json');
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => addKey(path, newKey(`k${i}`, i + 1))));
  const made = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [`k${i}`] : []));
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') failsWith('ALREADY_EXISTS', /another command is changing/)(outcome.reason);
  assert.ok(made.length > 0);
  assert.deepEqual((await readKeyFile(path)).map(({ name }) => name).sort(), made);
});

const good = { name: 'a', sha256: 'a'.repeat(64), scopes: ['predict'], createdAt: '2026-01-01T00:00:00.000Z' };
const secret = formatKey(new Uint8Array(32).fill(7));
const damages: readonly (readonly [string, unknown])[] = [
  ['no JSON', secret],
  ['half of it', `{"schemaVersion":1,"keys":[{"name":"${secret}`],
  ['empty', ''],
  ['another version', { schemaVersion: 2, keys: [] }],
  ['no keys', { schemaVersion: 1 }],
  ['a key in place of its hash', { schemaVersion: 1, keys: [{ ...good, sha256: secret }] }],
  ['a hash cut short', { schemaVersion: 1, keys: [{ ...good, sha256: 'ab' }] }],
  ['a scope that is none', { schemaVersion: 1, keys: [{ ...good, scopes: [secret] }] }],
  ['no scope', { schemaVersion: 1, keys: [{ ...good, scopes: [] }] }],
  ['an unknown field', { schemaVersion: 1, keys: [{ ...good, [secret]: 1 }] }],
  ['a name twice', { schemaVersion: 1, keys: [good, good] }],
  ['a date that is none', { schemaVersion: 1, keys: [{ ...good, expiresAt: 'soon' }] }],
];
for (const [what, content] of damages)
  test(`a damaged file is refused whole, and nothing of it is repeated: ${what}`, async (t) => {
    const path = join(await emptyFolder(t), 'keys.json');
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(path, text);
    for (const use of [readKeyFile, (to: string) => addKey(to, newKey('b', 1)), (to: string) => revokeKey(to, 'a')])
      await assert.rejects(use(path), (error: unknown) => {
        // As a log would show it, causes included; Node quotes ten characters of what is no JSON.
        assert.ok(!inspect(error, { depth: 10 }).includes(secret.slice(3, 9)));
        return failsWith('CONFIG_INVALID', /expected/)(error);
      });
    assert.equal(await readFile(path, 'utf8'), text);
  });
