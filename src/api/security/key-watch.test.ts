import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { PawprintError } from '../../core/index.ts';
import { formatKey } from './api-keys.ts';
import { addKey, revokeKey } from './key-file.ts';
import { watchKeyFile, type WatchedKeyRing } from './key-watch.ts';
import { bearer, keyFileFor } from './test-fixtures/guarded-app.ts';

interface Watched {
  readonly ring: WatchedKeyRing;
  /** Who the key is, or the code of the refusal. */
  readonly ask: (key: string) => string;
  readonly changes: [boolean, string][];
}

async function watch(t: TestContext, path: string): Promise<Watched> {
  const changes: [boolean, string][] = [];
  const ring = await watchKeyFile({
    path,
    now: () => new Date(0),
    onChange: (...change) => changes.push(change),
  });
  t.after(() => {
    ring.close();
  });
  const ask = (key: string): string => {
    const shown = ring.check(bearer(key).authorization, 'predict');
    return shown instanceof PawprintError ? shown.code : shown.name;
  };
  return { ring, ask, changes };
}

test('a key is made and revoked while the service runs', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'] });
  const { ring, ask, changes } = await watch(t, path);
  const later = formatKey(new Uint8Array(32).fill(9));
  assert.deepEqual([ask(keys.shop), ask(later)], ['shop', 'UNAUTHENTICATED']);
  await addKey(path, { name: 'later', key: later, scopes: ['predict'], createdAt: new Date(0), expiresAt: undefined });
  await ring.refresh();
  assert.deepEqual([ask(keys.shop), ask(later)], ['shop', 'later']);
  await revokeKey(path, 'shop');
  await ring.refresh();
  assert.deepEqual([ask(keys.shop), ask(later)], ['UNAUTHENTICATED', 'later']);
  await revokeKey(path, 'later');
  await ring.refresh();
  assert.equal(ask(later), 'UNAUTHENTICATED', 'no key left is no open door');
  assert.equal(changes.length, 3);
});

test('it looks by itself', { timeout: 30_000 }, async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'] });
  const { ask } = await watch(t, path);
  await revokeKey(path, 'shop');
  while (ask(keys.shop) === 'shop') await new Promise((resolve) => setTimeout(resolve, 50));
});

test('a damaged or missing file leaves the keys of before, says so once, and a whole one is taken again', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'] });
  const { ring, ask, changes } = await watch(t, path);
  await writeFile(path, `{"schemaVersion":1,"keys":[{"name":"${keys.shop}`);
  await ring.refresh();
  await ring.refresh();
  assert.equal(ask(keys.shop), 'shop');
  assert.equal(changes.length, 1);
  assert.equal(changes[0]?.[0], false);
  assert.match(changes[0][1], /stay in force/);
  assert.ok(!changes[0][1].includes(keys.shop));
  await rm(path);
  await ring.refresh();
  assert.equal(ask(keys.shop), 'shop');
  assert.equal(changes.length, 2);
  await writeFile(path, '{"schemaVersion":1,"keys":[]}');
  await ring.refresh();
  assert.equal(ask(keys.shop), 'UNAUTHENTICATED');
  assert.deepEqual(changes[2]?.[0], true);
});

test('a file behind a symbolic link that is switched over, as Kubernetes does it, is read again', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'] });
  const folder = dirname(path);
  for (const version of ['v1', 'v2']) await mkdir(join(folder, version));
  await rename(path, join(folder, 'v1/keys.json'));
  await writeFile(join(folder, 'v2/keys.json'), '{"schemaVersion":1,"keys":[]}');
  await symlink('v1', join(folder, 'data'));
  await symlink('data/keys.json', path);
  const { ring, ask } = await watch(t, path);
  assert.equal(ask(keys.shop), 'shop');
  await symlink('v2', join(folder, 'data-new'));
  await rename(join(folder, 'data-new'), join(folder, 'data'));
  await ring.refresh();
  assert.equal(ask(keys.shop), 'UNAUTHENTICATED');
});

test('a service does not start with keys that cannot be read', async (t) => {
  const { path } = await keyFileFor(t, { shop: ['predict'] });
  await assert.rejects(watch(t, `${path}.nowhere`), { code: 'FILE_NOT_FOUND' });
  await writeFile(path, '{}');
  await assert.rejects(watch(t, path), { code: 'CONFIG_INVALID' });
});
