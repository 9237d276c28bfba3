import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { loadSection } from './project-params.ts';

const schema = z.strictObject({ epochs: z.int().default(30), lr: z.number().default(0.1) });

async function folderWith(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-section-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'params.yaml'), text);
  return folder;
}

test('a section and the seed come from params.yaml in the working folder, then --set, then flags', async (t) => {
  const cwd = await folderWith(t, 'seed: 7\ntrain:\n  epochs: 2\nprepare:\n  someoneElse: 1\n');
  const read = await loadSection('train', schema, { cwd, options: { set: ['train.lr=0.5'] } });
  assert.deepEqual(read, { seed: 7, settings: { epochs: 2, lr: 0.5 } });
  const flags = { epochs: 9, lr: undefined };
  const told = await loadSection('train', schema, { cwd, options: { set: ['train.epochs=8'], seed: 1 }, flags });
  assert.deepEqual(told, { seed: 1, settings: { epochs: 9, lr: 0.1 } });
});

test('no params.yaml is fine, a named file that is absent is not', async () => {
  const cwd = tmpdir();
  const defaults = await loadSection('train', schema, { cwd: join(cwd, 'nowhere'), options: { set: [] } });
  assert.deepEqual(defaults, { seed: 42, settings: { epochs: 30, lr: 0.1 } });
  const named = loadSection('train', schema, { cwd, options: { set: [], params: 'absent-params.yaml' } });
  await assert.rejects(named, { code: 'FILE_NOT_FOUND', message: /absent-params\.yaml/ });
});

test('an unknown section and an unknown key are named with their line in the file as the user knows it', async (t) => {
  const section = await folderWith(t, 'tran:\n  epochs: 2\n');
  const fromSection = loadSection('train', schema, { cwd: section, options: { set: [] } });
  await assert.rejects(fromSection, { message: 'params.yaml:1: unknown key tran', hint: 'Did you mean train?' });
  const key = await folderWith(t, 'train:\n\n  epoch: 2\n');
  const fromKey = loadSection('train', schema, { cwd: key, options: { set: [] } });
  await assert.rejects(fromKey, {
    message: 'params.yaml:3: unknown key train.epoch',
    hint: 'Did you mean train.epochs?',
  });
});
