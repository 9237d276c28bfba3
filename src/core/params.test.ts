import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { PawprintError } from './errors.ts';
import { loadParams } from './params.ts';

const schema = z.strictObject({
  seed: z.int().default(42),
  train: z
    .strictObject({
      epochs: z.int().positive().default(30),
      learningRate: z.number().positive().default(0.001),
      augment: z.strictObject({ flip: z.boolean().default(true) }).prefault({}),
      schedule: z.enum(['cosine', 'one-cycle']).default('cosine'),
      sizes: z.array(z.int()).default([64]),
    })
    .prefault({}),
});

async function paramsFile(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-params-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'params.yaml');
  await writeFile(path, text);
  return path;
}

async function load(file: string, sets: string[] = [], flags = {}): Promise<z.output<typeof schema>> {
  return loadParams({ schema, file, fileRequired: true, sets, flags });
}

async function failure(promise: Promise<unknown>): Promise<PawprintError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PawprintError, `a PawprintError, not ${String(error)}`);
  return error;
}

test('defaults < file < --set < flags, and undefined flags count as absent', async (t) => {
  const file = await paramsFile(t, 'seed: 1\ntrain:\n  epochs: 2\n  learningRate: 0.5\n  schedule: one-cycle\n');
  const params = await load(file, ['train.learningRate=1e-3', 'train.epochs=3', 'train.sizes=[32, 64]'], {
    train: { epochs: 4, schedule: undefined },
  });
  assert.deepEqual(params, {
    seed: 1,
    train: { epochs: 4, learningRate: 0.001, augment: { flip: true }, schedule: 'one-cycle', sizes: [32, 64] },
  });
});

test('the result is frozen all the way down', async (t) => {
  const params = await load(await paramsFile(t, ''));
  assert.ok(Object.isFrozen(params.train.augment) && Object.isFrozen(params.train.sizes));
});

test('an empty file, comments, groups without a line and an absent default file give the defaults', async (t) => {
  for (const text of ['', '# nothing yet\n', '---\n', 'train:\n', 'train:\n  augment:\n'])
    assert.equal((await load(await paramsFile(t, text))).seed, 42);
  const absent = `${await paramsFile(t, '')}.absent`;
  assert.equal((await loadParams({ schema, file: absent, fileRequired: false })).seed, 42);
  assert.equal((await failure(load(absent))).code, 'FILE_NOT_FOUND');
});

test('an unknown key is named with its line and the key that was meant', async (t) => {
  const error = await failure(load(await paramsFile(t, 'seed: 1\ntrain:\n  epochs: 3\n  learningrate: 0.1\n')));
  assert.equal(error.code, 'CONFIG_INVALID');
  assert.match(error.message, /params\.yaml:4: unknown key train\.learningrate$/);
  assert.equal(error.hint, 'Did you mean train.learningRate?');
});

test('an unknown key that resembles nothing lists what is known', async (t) => {
  const error = await failure(load(await paramsFile(t, 'train:\n  augment:\n    zzzzzz: 1\n')));
  assert.match(error.message, /params\.yaml:3: unknown key train\.augment\.zzzzzz$/);
  assert.equal(error.expected, 'one of flip');
});

test('an ill-typed value says what was expected and what came', async (t) => {
  const cases: [string, string, string][] = [
    ['train:\n  epochs: ten\n', 'a number', '"ten"'],
    ['train:\n  epochs: 1.5\n', 'a whole number', '1.5'],
    ['train:\n  epochs: -1\n', 'a number above 0', '-1'],
    ['train:\n  schedule: linear\n', 'one of cosine, one-cycle', '"linear"'],
    ['train: 5\n', 'a group of settings', '5'],
    ['train:\n  sizes: [64, big]\n', 'a number', '"big"'],
  ];
  for (const [text, expected, received] of cases) {
    const error = await failure(load(await paramsFile(t, text)));
    assert.deepEqual([error.code, error.expected, error.received], ['CONFIG_INVALID', expected, received], text);
    assert.match(error.message, /params\.yaml:\d/);
  }
});

test('complaints about --set and flags name them, not the file', async (t) => {
  const file = await paramsFile(t, 'train:\n  epochs: 3\n');
  assert.match((await failure(load(file, ['train.epochs=many']))).message, /^--set: train\.epochs/);
  assert.match((await failure(load(file, [], { train: { epochs: 0 } }))).message, /^command line: train\.epochs/);
  assert.equal((await failure(load(file, ['train.epochs']))).code, 'USAGE');
  assert.equal((await failure(load(file, ['train.epochs=[1']))).code, 'CONFIG_INVALID');
});

test('a key called __proto__ is unknown and pollutes nothing', async (t) => {
  const fromSet = await failure(load(await paramsFile(t, ''), ['__proto__.polluted=1']));
  const fromFile = await failure(load(await paramsFile(t, '__proto__:\n  polluted: 1\n')));
  assert.deepEqual([fromSet.code, fromFile.code], ['CONFIG_INVALID', 'CONFIG_INVALID']);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('broken YAML, a list, an alias bomb and an oversized file are refused', async (t) => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'.split('').map((name, i) => {
      const below = 'abcdefg'[i] ?? '';
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(',')}]`;
    }),
  ].join('\n');
  for (const text of ['train: [1\n', '- 1\n- 2\n', 'seed: 1\nseed: 2\n', bomb, `# ${'x'.repeat(1 << 20)}\n`])
    assert.equal((await failure(load(await paramsFile(t, text)))).code, 'CONFIG_INVALID', text.slice(0, 30));
});
