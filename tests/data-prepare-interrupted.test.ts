// `data prepare` that is killed, stopped, or asked for twice at once: it goes on where it stood, to the same bytes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createRandom } from '../src/core/index.ts';
import { openPreparedDataset } from '../src/data/index.ts';
import { makePhotoFolder } from './support/photo-folder.ts';
import { digestFolder, exists, usePrepareWorkshop, watchProgress } from './support/prepare-workshop.ts';
import { repositoryRoot } from './support/run-pawprint.ts';

const shop = usePrepareWorkshop(30);

void suite('data prepare, interrupted', () => {
  const child = join(repositoryRoot, 'tests', 'support', 'prepare-child.ts');

  test('killed again and again, ends in the bytes of an unbroken run', async () => {
    const source = join(shop.folder, 'many');
    await makePhotoFolder(source, ['cats', 'dogs'], 300);
    const [whole, broken] = [shop.newTarget(), shop.newTarget()];
    await shop.prepare(whole, {}, { source });
    const random = createRandom('kills');
    let kills = 0;
    for (let attempt = 0; attempt < 5; attempt++) {
      const running = spawn(process.execPath, [child, source, broken], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(running, 'exit');
      await once(running.stdout, 'data');
      const timer = setTimeout(() => running.kill('SIGKILL'), random.integer(250));
      const [, signal] = (await ended) as [number | null, string | null];
      clearTimeout(timer);
      if (signal === 'SIGKILL') kills++;
      if (kills > 0 && !(await exists(join(broken, 'manifest.json'))))
        await assert.rejects(openPreparedDataset(broken), ({ code }: { code: string }) =>
          /MANIFEST_INVALID|FILE_NOT_FOUND/.test(code),
        );
    }
    const result = await shop.prepare(broken, {}, { source });
    assert.deepEqual(await digestFolder(broken), await digestFolder(whole));
    assert.ok(kills > 0, 'no kill came in time');
    assert.equal(result.manifest.leftOut['IMAGE_UNREADABLE'], undefined);
  });

  test('stopped on request, keeps what is done and goes on from there', async () => {
    const [target, whole] = [shop.newTarget(), shop.newTarget()];
    const source = join(shop.folder, 'many');
    await shop.prepare(whole, {}, { source });
    const stop = new AbortController();
    const progress = watchProgress((label, done) => {
      if (label === 'decoding' && done >= 128) stop.abort();
    });
    await assert.rejects(shop.prepare(target, {}, { source, progress, signal: stop.signal }), { code: 'CANCELLED' });
    assert.equal(await exists(target), false);
    const result = await shop.prepare(target, {}, { source });
    assert.ok(result.reused >= 128, `${result.reused} taken over`);
    assert.deepEqual(await digestFolder(target), await digestFolder(whole));
  });

  test('refuses to work twice at once on one target', async () => {
    const target = shop.newTarget();
    let refusal: unknown;
    const progress = watchProgress((label) => {
      if (label === 'decoding') refusal ??= shop.prepare(target).catch((error: unknown) => error);
    });
    await shop.prepare(target, {}, { progress });
    assert.equal(((await refusal) as { code?: string }).code, 'ALREADY_EXISTS');
    await openPreparedDataset(target, { verify: true });
  });
});
