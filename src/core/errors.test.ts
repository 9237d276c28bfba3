import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { asPawprintError, describeError, errorTable, PawprintError } from './errors.ts';

test('docs/errors.md lists the error table, row by row', () => {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\| +(\d) +\| +(\d+) +\|$/gm)].map(
    ([, code, title, exitCode, httpStatus]) => [code, title, Number(exitCode), Number(httpStatus)],
  );
  const raised = Object.entries(errorTable).map(([code, row]) => [code, row.title, row.exitCode, row.httpStatus]);
  assert.deepEqual(documented, raised);
});

test('an error reads as message, expected, received, hint, and leaves out what is not known', () => {
  const full = new PawprintError('USAGE', { message: 'm', expected: 'e', received: 'r', hint: 'h' });
  assert.equal(describeError(full), 'm\n  expected: e\n  received: r\n  hint: h');
  assert.equal(describeError(new PawprintError('USAGE', { message: 'm' })), 'm');
  assert.deepEqual([full.exitCode, full.httpStatus], [2, 400]);
});

test('operating-system errors become errors that name the path; others stay as they are', () => {
  const noSpace = Object.assign(new Error('no space'), { code: 'ENOSPC', path: '/x/y' });
  const turned = asPawprintError(noSpace, 'writing /x/y');
  assert.ok(turned instanceof PawprintError);
  assert.equal(turned.code, 'DISK_FULL');
  assert.match(turned.message, /\/x\/y/);
  assert.equal(turned.cause, noSpace);
  const other = new TypeError('bug');
  assert.equal(asPawprintError(other, 'doing'), other);
  assert.equal(asPawprintError(turned, 'doing'), turned);
});
