// params.yaml is what it says: every parameter, at its default, with a comment.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { paramsSchema } from '../src/cli/params-schema.ts';

const text = readFileSync(fileURLToPath(new URL('../params.yaml', import.meta.url)), 'utf8');

test('params.yaml holds every parameter at its default', () => {
  assert.deepEqual(parse(text), paramsSchema.parse({}));
});

test('every parameter has its unit or reason beside it', () => {
  const lines = text.split('\n').filter((line) => /^\s*\w+: \S/.test(line));
  assert.ok(lines.length > 20);
  assert.deepEqual(
    lines.filter((line) => !/ # \S/.test(line)),
    [],
  );
});
