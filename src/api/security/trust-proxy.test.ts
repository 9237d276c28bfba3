import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTrustProxy } from './trust-proxy.ts';

test('nobody is trusted unless named', () => {
  assert.equal(checkTrustProxy([]), false);
  const named = ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'];
  assert.deepEqual(checkTrustProxy(named), named);
});

test('everybody cannot be trusted, nor what is no address', () => {
  for (const proxy of [
    '',
    '*',
    'true',
    'loopback',
    'proxy.example',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/x',
    '10.0.0.0/8/8',
    '1',
  ])
    assert.throws(() => checkTrustProxy([proxy]), { code: 'USAGE' }, proxy);
});
