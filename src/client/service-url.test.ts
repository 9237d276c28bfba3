// Addresses: which are on this machine, in whatever way they are written, and which are none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseServiceUrl } from './service-url.ts';

test('this machine by any of its names, and nobody else', () => {
  for (const host of [
    '127.0.0.1',
    'localhost',
    'LOCALHOST',
    'a.localhost',
    '127.9.9.9',
    '[::1]',
    '127.1',
    '0x7f000001',
  ])
    assert.ok(parseServiceUrl(`http://${host}:8000`).isLoopback, host);
  for (const host of [
    '10.0.0.1',
    '0.0.0.0',
    'localhost.example',
    '128.0.0.1',
    '[::2]',
    'notlocalhost',
    '127.0.0.1.example',
  ])
    assert.ok(!parseServiceUrl(`http://${host}:8000`).isLoopback, host);
});

test('paths are appended to what was typed', () => {
  assert.equal(parseServiceUrl('https://pets.example/a/b//').base, 'https://pets.example/a/b');
  assert.deepEqual(parseServiceUrl('localhost:8000'), {
    base: 'http://localhost:8000',
    secure: false,
    isLoopback: true,
  });
  assert.ok(parseServiceUrl('https://pets.example').secure);
});

test('what is no address of a service is a usage error that repeats no password', () => {
  for (const text of [
    '',
    'ftp://a',
    'http://',
    'http://a b',
    'http://u:secret@a',
    'http://a/?key=secret',
    'http://a/#x',
  ])
    assert.throws(
      () => parseServiceUrl(text),
      (error: { code: string; message: string; received: string }) =>
        error.code === 'USAGE' && !`${error.message}${error.received}`.includes('secret'),
      text,
    );
});
