import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { writeFileAtomic, writeJsonAtomic } from './atomic-file.ts';

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-atomic-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Mounts 256 kB of memory as a disk; false where that is not allowed. */
function mountTinyDisk(folder: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  return true;
}

test('text, bytes and pieces are written whole, folders made, nothing else left behind', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFileAtomic(join(folder, 'a', 'b', 'text'), 'paw');
  await writeFileAtomic(join(folder, 'a', 'b', 'bytes'), new Uint8Array([1, 2]));
  await writeFileAtomic(join(folder, 'a', 'b', 'pieces'), ['p', new Uint8Array([97]), 'w']);
  await writeJsonAtomic(join(folder, 'a', 'b', 'json'), { paw: 1 });
  const read = async (name: string): Promise<string> => readFile(join(folder, 'a', 'b', name), 'latin1');
  assert.deepEqual(await Promise.all(['text', 'bytes', 'pieces', 'json'].map(read)), [
    'paw',
    '\x01\x02',
    'paw',
    '{\n  "paw": 1\n}\n',
  ]);
  assert.equal((await readdir(join(folder, 'a', 'b'))).length, 4);
});

test('an old file stays whole when its successor fails midway', async (t) => {
  const folder = await temporaryFolder(t);
  const target = join(folder, 'file');
  await writeFile(target, 'old');
  function* failing(): Generator<string> {
    yield 'new';
    throw new Error('midway');
  }
  await assert.rejects(writeFileAtomic(target, failing()), /midway/);
  assert.equal(await readFile(target, 'utf8'), 'old');
  assert.deepEqual(await readdir(folder), ['file']);
});

test('a file in the way of a folder, and a folder in the way of a file, are clear errors', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), '');
  await assert.rejects(writeFileAtomic(join(folder, 'file', 'below'), ''), { code: 'ALREADY_EXISTS' });
  await mkdir(join(folder, 'taken'));
  await assert.rejects(writeFileAtomic(join(folder, 'taken'), ''), { code: 'ALREADY_EXISTS' });
  assert.deepEqual((await readdir(folder)).sort(), ['file', 'taken']);
});

test('a full disk is DISK_FULL, keeps the old file and leaves no rest', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-atomic-'));
  const mounted = mountTinyDisk(folder);
  t.after(async () => {
    if (mounted) execFileSync('umount', [folder]);
    await rm(folder, { recursive: true });
  });
  if (!mounted) {
    t.skip('mounting a small disk needs root on Linux');
    return;
  }
  const target = join(folder, 'file');
  await writeFileAtomic(target, 'old');
  await assert.rejects(writeFileAtomic(target, new Uint8Array(1 << 20)), { code: 'DISK_FULL' });
  assert.equal(await readFile(target, 'utf8'), 'old');
  assert.deepEqual(await readdir(folder), ['file']);
});
