// The modules that the page runs too, as they are served, work on their own: laid out in a folder by their addresses,
// they give the numbers of the sources.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createResizer } from '../image/index.ts';
import { browserModules, readBrowserModule } from './browser-modules.ts';

test('served modules import served modules and nothing of Node', async () => {
  for (const name of browserModules) {
    const code = await readBrowserModule(name);
    assert.doesNotMatch(code, /\bBuffer\b|\bprocess\b/, name);
    for (const [, target = ''] of code.matchAll(/\bfrom\s*'([^']+)'/g)) {
      assert.match(target, /^\.{1,2}\/.*\.js$/, name);
      const module = posix.join(posix.dirname(name), target).replace(/\.js$/, '');
      assert.ok(browserModules.has(module), `${name} imports ${module}, which is not served`);
    }
  }
});

test('served modules resize as the sources do', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-browser-modules-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of browserModules) {
    const path = join(folder, `${name}.js`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await readBrowserModule(name));
  }
  const load = async (name: string): Promise<unknown> => import(pathToFileURL(join(folder, `${name}.js`)).href);
  const served = (await load('image/resize')) as { readonly createResizer: typeof createResizer };
  for (const name of browserModules) assert.ok(Object.keys((await load(name)) as object).length > 0, name);

  const data = Uint8Array.from({ length: 50 * 37 * 3 }, (_, i) => (i * 7919) % 256);
  const settings = { imageSizePx: 24, fit: 'crop', filter: 'bilinear' } as const;
  const [own, sources] = [served.createResizer(settings), createResizer(settings)].map((resizer) =>
    resizer.toRecord({ width: 50, height: 37, data }, new Uint8Array(3 * 24 * 24)),
  );
  assert.deepEqual(own, sources);
});
