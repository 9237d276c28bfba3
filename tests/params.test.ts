// params.yaml is what it says: every parameter, at its default, with a comment.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { loadSection } from '../src/cli/project-params.ts';
import { prepareParamsSchema } from '../src/data/index.ts';
import {
  confidenceParamsSchema,
  trainParamsSchema,
  transferParamsSchema,
  tuneParamsSchema,
} from '../src/training/index.ts';

const text = readFileSync(fileURLToPath(new URL('../params.yaml', import.meta.url)), 'utf8');

test('params.yaml holds every parameter at its default', async () => {
  const nowhere = { cwd: tmpdir(), options: { set: [] } };
  const prepare = await loadSection('prepare', prepareParamsSchema, nowhere);
  const train = await loadSection('train', trainParamsSchema, nowhere);
  const transfer = await loadSection('transfer', transferParamsSchema, nowhere);
  const confidence = await loadSection('confidence', confidenceParamsSchema, nowhere);
  const tune = await loadSection('tune', tuneParamsSchema, nowhere);
  assert.deepEqual(parse(text), {
    seed: prepare.seed,
    prepare: prepare.settings,
    train: train.settings,
    transfer: transfer.settings,
    confidence: confidence.settings,
    tune: tune.settings,
  });
});

test('every parameter has its unit or reason beside it', () => {
  const lines = text.split('\n').filter((line) => /^\s*\w+: \S/.test(line));
  assert.ok(lines.length > 20);
  assert.deepEqual(
    lines.filter((line) => !/ # \S/.test(line)),
    [],
  );
});
