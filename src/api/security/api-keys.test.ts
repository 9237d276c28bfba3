import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { PawprintError } from '../../core/index.ts';
import { createKeyRing, findHash, formatKey, hashKey, type KeyEntry, type KeyScope } from './api-keys.ts';

const key = (byte: number): string => formatKey(new Uint8Array(32).fill(byte));
const entry = (name: string, text: string, scopes: KeyScope[], expiresAt?: string): KeyEntry => ({
  name,
  sha256: hashKey(text).toString('hex'),
  scopes,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...(expiresAt === undefined ? {} : { expiresAt }),
});
const noon = new Date('2026-06-01T12:00:00Z');
const ring = createKeyRing(
  [
    entry('shop', key(1), ['predict']),
    entry('ops', key(2), ['admin']),
    entry('both', key(3), ['predict', 'admin']),
    entry('old', key(4), ['predict'], '2026-06-01T12:00:00.000Z'),
    entry('young', key(5), ['predict'], '2026-06-01T12:00:00.001Z'),
  ],
  () => noon,
);
const outcome = (header: string | undefined, scope: KeyScope | 'any'): string => {
  const shown = ring.check(header, scope);
  return shown instanceof PawprintError ? shown.code : shown.name;
};

test('a key is 256 random bits behind a prefix, and its hash is SHA-256 of its text', () => {
  const random = randomBytes(32);
  const text = formatKey(random);
  assert.match(text, /^pp_[\w-]{43}$/);
  assert.deepEqual(Buffer.from(text.slice(3), 'base64url'), random);
  assert.throws(() => formatKey(new Uint8Array(31)), /32 bytes/);
  // echo -n pp_abc | sha256sum
  assert.equal(hashKey('pp_abc').toString('hex'), 'ac90ba649add70c14bde206c8d6d579c0977caf6d66cac86caca1894c5fe2100');
});

test('a key lets its holder do what its scopes say, until it expires', () => {
  const cases: [number, KeyScope | 'any', string][] = [
    [1, 'predict', 'shop'],
    [1, 'admin', 'FORBIDDEN'],
    [2, 'predict', 'FORBIDDEN'],
    [2, 'admin', 'ops'],
    [2, 'any', 'ops'],
    [3, 'predict', 'both'],
    [3, 'admin', 'both'],
    [4, 'predict', 'UNAUTHENTICATED'],
    [4, 'any', 'UNAUTHENTICATED'],
    [5, 'predict', 'young'],
    [6, 'predict', 'UNAUTHENTICATED'],
  ];
  for (const [byte, scope, expected] of cases)
    assert.equal(outcome(`Bearer ${key(byte)}`, scope), expected, `${byte} ${scope}`);
});

test('only a Bearer header with one whole key is a key', () => {
  const good = key(1);
  for (const header of [`Bearer ${good}`, `bearer ${good}`, `BEARER  ${good} `])
    assert.equal(outcome(header, 'predict'), 'shop', header);
  for (const header of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    good,
    `Basic ${good}`,
    `Bearer ${good} ${good}`,
    `Bearer ${good.slice(0, -1)}`,
    `Bearer ${good}x`,
    `Bearer ${good.toUpperCase()}`,
    `Bearer ${hashKey(good).toString('hex')}`,
    `Bearer ${good}\n`,
  ])
    assert.equal(outcome(header, 'predict'), 'UNAUTHENTICATED', String(header));
});

test('without a live admin key nobody is an admin, and the refusal says how to become one', () => {
  for (const entries of [
    [],
    [entry('shop', key(1), ['predict'])],
    [entry('gone', key(2), ['admin'], '2026-06-01T00:00:00.000Z')],
  ]) {
    const refusal = createKeyRing(entries, () => noon).check(`Bearer ${key(2)}`, 'admin');
    assert.ok(refusal instanceof PawprintError);
    assert.equal(refusal.code, 'FORBIDDEN');
    assert.match(refusal.hint ?? '', /api-key create .*--scope admin/);
  }
});

test('a ring without keys lets nobody in: the last key revoked closes the door', () => {
  const refusal = createKeyRing([], () => noon).check(`Bearer ${key(1)}`, 'predict');
  assert.ok(refusal instanceof PawprintError && refusal.code === 'UNAUTHENTICATED');
});

test('every entry is compared, whichever matches', () => {
  const hashes = [1, 2, 3, 4].map((byte) => hashKey(key(byte)));
  for (const [byte, expected] of [
    [1, 0],
    [2, 1],
    [4, 3],
    [9, -1],
  ] as const) {
    const compared: Uint8Array[] = [];
    const found = findHash(hashKey(key(byte)), hashes, (a, b) => {
      compared.push(b);
      return Buffer.compare(a, b) === 0;
    });
    assert.equal(found, expected);
    assert.deepEqual(compared, hashes, `all of them for key ${byte}`);
    assert.equal(findHash(hashKey(key(byte)), hashes), expected, 'and so with the comparison in use');
  }
});

test('no refusal repeats the key that was sent', () => {
  for (const [header, scope] of [
    [`Bearer ${key(9)}`, 'predict'],
    [`Bearer ${key(4)}`, 'predict'],
    [`Bearer ${key(1)}`, 'admin'],
    [`Basic ${key(1)}`, 'predict'],
  ] as const) {
    const refusal = ring.check(header, scope);
    assert.ok(refusal instanceof PawprintError);
    const { message, expected, received, hint, stack, cause } = refusal;
    assert.doesNotMatch([message, expected, received, hint, stack, String(cause)].join(' '), /pp_[\w-]{10}/);
  }
});
