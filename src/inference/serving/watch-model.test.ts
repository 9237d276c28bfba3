// Files that are replaced in every way that deployments replace them.
import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fingerprint, watchModelFile } from './watch-model.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawprint-watch-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Watches `path` and counts; `seen(n)` resolves once the n-th change was told. */
async function watching(path: string) {
  let [count, running] = [0, 0];
  const watch = await watchModelFile(path, {
    intervalMs: 10,
    onChange: async () => {
      assert.equal(++running, 1, 'one at a time');
      await wait(15);
      running--;
      count++;
    },
  });
  const seen = async (wanted: number): Promise<void> => {
    while (count < wanted) await wait(5);
  };
  return { seen, count: () => count, stop: watch.stop };
}

test('a rename, a rewrite and a symbolic link that turns elsewhere are changes; nothing is none', async () => {
  const path = join(folder, 'model.onnx');
  await writeFile(join(folder, 'a'), 'a');
  await writeFile(join(folder, 'b'), 'bb');
  await symlink('a', path);
  const { seen, count, stop } = await watching(path);
  await wait(60);
  assert.equal(count(), 0);
  await symlink('b', join(folder, 'next'));
  await rename(join(folder, 'next'), path);
  await seen(1);
  await writeFile(join(folder, 'c'), 'ccc');
  await rename(join(folder, 'c'), path);
  await seen(2);
  await writeFile(path, 'dddd');
  await seen(3);
  await rm(path);
  await wait(60);
  assert.equal(count(), 3, 'a file that is gone is no new one');
  await writeFile(path, 'eeeee');
  await seen(4);
  stop();
  await writeFile(path, 'ffffff');
  await wait(60);
  assert.equal(count(), 4);
});

test('a file that was replaced after it was read and before it was watched is a change', async () => {
  const path = join(folder, 'read.onnx');
  await writeFile(path, 'read');
  const since = await fingerprint(path);
  await writeFile(path, 'replaced');
  await new Promise<void>((resolve, reject) => {
    const onChange = (): Promise<void> => {
      resolve();
      return Promise.resolve();
    };
    watchModelFile(path, { intervalMs: 10, since, onChange }).then(async ({ stop }) => {
      await wait(1000);
      stop();
      reject(new Error('not noticed'));
    }, reject);
  });
});

test('a file that is still being written is not taken', async () => {
  const path = join(folder, 'growing.onnx');
  await writeFile(path, '');
  const { seen, count, stop } = await watching(path);
  for (let i = 1; i <= 20; i++) {
    await writeFile(path, 'x'.repeat(i));
    await wait(2);
  }
  await seen(1);
  await wait(60);
  stop();
  assert.ok(count() <= 2, `${count()} times`);
});
