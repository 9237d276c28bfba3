// The examples do what they say, on drawn pictures; each fails by itself where the result is not what it states.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from './support/run-pawprint.ts';

const run = (name: string): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`examples/${name}.ts`], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
};
const left = (name: string): string[] => readdirSync(join(repositoryRoot, 'examples/out', name));

test('a dozen pictures make a classifier', () => {
  assert.match(run('dozen-photos'), /From 12 pictures: \d+ of 100 others right/);
  assert.ok(left('dozen-photos').includes('mine.onnx'));
});

test('mistakes are explained, for what was said and for the truth', () => {
  assert.match(run('explain-a-mistake'), /3 mistakes explained/);
  assert.equal(left('explain-a-mistake').filter((file) => file.endsWith('.png')).length, 6);
});

test('the last blocks of a backbone are trained on', () => {
  assert.match(run('fine-tune'), /fine-tuned [\d,]+ parameters/);
  assert.ok(left('fine-tune').includes('tuned.onnx'));
});
