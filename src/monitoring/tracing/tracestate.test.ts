// tracestate: handed on as it is, or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keepTracestate } from './tracestate.ts';

const members = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}=v`).join(',');

const kept: readonly (readonly [string, string])[] = [
  ['one member', 'rojo=00f067aa0ba902b7'],
  ['two members', 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
  ['spaces and tabs around members', 'foo=1 \t , \t bar=2, \t baz=3'],
  ['spaces before the first and behind the last', '\t a=1, b=2 '],
  ['members that are empty', 'a=1,,b=2, ,'],
  ['a tenant and its system', 't61rcwkgmze@vendor=x'],
  ['every sign of a key', 'a0_-*/@b=1'],
  ['a key that begins with a digit', '0a=1'],
  [
    'every sign of a value',
    `a=${Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))
      .join('')
      .replace(/[,=]/g, '')}`,
  ],
  ['a space within a value', 'a=b c'],
  ['a key of 256 characters', `${'a'.repeat(256)}=1`],
  ['a value of 256 characters', `a=${'v'.repeat(256)}`],
  ['32 members', members(32)],
  ['512 characters', `a=${'v'.repeat(253)},b=${'v'.repeat(254)}`],
  ['a key that comes twice', 'a=1,a=2'],
];
for (const [name, header] of kept)
  test(`kept: ${name}`, () => {
    assert.equal(keepTracestate(header), header);
  });

const dropped: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['only commas and spaces', ' , ,'],
  ['513 characters', `a=${'v'.repeat(254)},b=${'v'.repeat(254)}`],
  ['33 members', members(33)],
  ['a member without a value', 'a'],
  ['a member with an empty value', 'a=,b=1'],
  ['a member without a key', '=1'],
  ['an upper-case key', 'Foo=1'],
  ['a key that begins with a sign', '_a=1'],
  ['a space in a key', 'a b=1'],
  ['a space behind a key', 'a =1'],
  ['a key of 257 characters', `${'a'.repeat(257)}=1`],
  ['a value of 257 characters', `a=${'v'.repeat(257)}`],
  ['an equals sign in a value', 'a=b=c'],
  ['a letter that is not ASCII', 'a=é'],
  ['a tab in a value', 'a=b\tc'],
  ['a line break', 'a=1\r\nset-cookie: b'],
  ['one bad member among good ones', 'a=1,B=2,c=3'],
];
for (const [name, header] of dropped)
  test(`dropped: ${name}`, () => {
    assert.equal(keepTracestate(header), undefined);
  });

test('whatever is kept is one line of printable ASCII, unchanged, of at most 512 characters', () => {
  const noisy = fc.array(fc.constantFrom('a', 'b1@c', '=', ',', ' ', '\t', '\n', 'é', 'Z', '~', '=v', 'a=1'), {
    maxLength: 12,
  });
  let seen = 0;
  fc.assert(
    fc.property(noisy, (parts) => {
      const header = parts.join('');
      const state = keepTracestate(header);
      if (state === undefined) return;
      seen++;
      assert.equal(state, header);
      assert.match(state, /^[\t\x20-\x7e]{1,512}$/);
    }),
    { numRuns: 2000, seed: 5 },
  );
  assert.ok(seen > 20, `${seen} were kept`);
});
