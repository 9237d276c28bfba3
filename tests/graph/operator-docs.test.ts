// docs/operators.md says what the table of operators says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderOperatorDocs } from '../../scripts/operator-docs.ts';

test('docs/operators.md is up to date (node scripts/operator-docs.ts writes it)', async () => {
  const written = readFileSync(new URL('../../docs/operators.md', import.meta.url), 'utf8');
  assert.equal(written, await renderOperatorDocs());
});
