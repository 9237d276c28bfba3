import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hashBytes, hashFile } from './hash.ts';

test('digests are those of the standards', () => {
  assert.equal(hashBytes('md5', ''), 'd41d8cd98f00b204e9800998ecf8427e');
  assert.equal(hashBytes('sha256', 'abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a file of several pieces has the digest of its bytes; a missing one is FILE_NOT_FOUND', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-hash-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const bytes = Buffer.alloc(3 * (1 << 20) + 17, 'paw');
  await writeFile(join(folder, 'file'), bytes);
  assert.equal(await hashFile('md5', join(folder, 'file')), hashBytes('md5', bytes));
  await assert.rejects(hashFile('md5', join(folder, 'absent')), { code: 'FILE_NOT_FOUND' });
});
