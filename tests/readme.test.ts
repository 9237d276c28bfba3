// The README says what the commands are: its reference is the one that `npm run docs` would write.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { updateCommandDocs } from '../scripts/command-docs.ts';

const path = fileURLToPath(new URL('../README.md', import.meta.url));
const readme = readFileSync(path, 'utf8');

test('the reference of commands in README.md is up to date (npm run docs)', async () => {
  const updated = await format(await updateCommandDocs(readme), { ...(await resolveConfig(path)), filepath: path });
  assert.ok(updated === readme, 'README.md is behind the commands: type npm run docs');
});

test('every file that the documents link to exists', () => {
  for (const document of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/errors.md']) {
    const url = new URL(`../${document}`, import.meta.url);
    for (const [, target = ''] of readFileSync(url, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g))
      assert.ok(existsSync(new URL(target, url)), `${document} links to ${target}`);
  }
});
