// Archives: honest ones come in like folders; hostile and broken ones are refused, and then nothing is written anywhere.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { create, Header } from 'tar';
import { importPhotos, type ImportOptions } from './import-photos.ts';
import type { ImportResult } from './import-result.ts';
import { makeZip, type ZipItem } from './test-vectors/make-zip.ts';
import { makeTree, readTree, temporaryFolder } from './test-vectors/trees.ts';

const two = { 'cats/a.jpg': 'cat a', 'cats/b.jpg': 'cat b', 'dogs/a.jpg': 'dog a' };
const honest: ZipItem[] = [
  { name: 'cats/', mode: 0o40755 },
  { name: 'cats/a.jpg', bytes: Buffer.from('cat a'), method: 'deflate' },
  { name: 'cats/b.jpg', bytes: Buffer.from('cat b') },
  { name: 'dogs/a.jpg', bytes: Buffer.from('dog a'), method: 'deflate' },
];

/** A tar entry as bytes: header, then content up to a full block. */
function tarEntry(path: string, more: { type?: string; linkpath?: string; bytes?: Uint8Array } = {}): Buffer {
  const bytes = more.bytes ?? Buffer.alloc(0);
  const block = Buffer.alloc(512);
  new Header({
    path,
    mode: 0o644,
    size: bytes.length,
    type: (more.type ?? 'File') as 'File',
    linkpath: more.linkpath ?? '',
    mtime: new Date(0),
    uid: 0,
    gid: 0,
  }).encode(block, 0);
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

const tarEnd = Buffer.alloc(1024);
const honestTar = Object.entries(two).map(([path, text]) => tarEntry(path, { bytes: Buffer.from(text) }));

async function importArchive(
  root: string,
  name: string,
  bytes: Uint8Array,
  options: Partial<ImportOptions> = {},
): Promise<ImportResult> {
  await writeFile(join(root, name), bytes);
  return importPhotos({ sources: [name], to: 'target', cwd: root, ...options });
}

test('a zip comes in like a folder, a second time with nothing to write', async (t) => {
  const root = await temporaryFolder(t);
  const extras: ZipItem[] = [
    { name: '__MACOSX/cats/._a.jpg', bytes: Buffer.from('x') },
    { name: 'cats/.DS_Store', bytes: Buffer.from('x') },
    { name: 'readme[1].txt', bytes: Buffer.from('x') },
  ];
  const zip = makeZip([...honest, ...extras]);
  const first = await importArchive(root, 'photos.zip', zip);
  assert.deepEqual(await readTree(join(root, 'target')), two);
  assert.deepEqual(first.skipped, { hidden: 2, 'not a picture (.txt)': 1 });
  assert.equal(first.sources[0]?.recognisedAs, 'a zip with class folders');
  const again = await importArchive(root, 'photos.zip', zip);
  assert.deepEqual([again.copied, again.alreadyThere], [0, 3]);
});

for (const gzip of [false, true])
  test(`a tar${gzip ? '.gz' : ''} made by the tar package, long names and splits included`, async (t) => {
    const root = await temporaryFolder(t);
    const files = {
      'set/train/cats/x.jpg': '1',
      [`set/test/dogs/${'n'.repeat(150)}猫.jpg`]: '2',
      'set/train/dogs/empty.png': '',
    };
    await makeTree(join(root, 'tree'), files);
    // Called .zip on purpose: the bytes decide, not the name.
    await create({ file: join(root, 'photos.zip'), cwd: join(root, 'tree'), gzip }, ['set']);
    const result = await importPhotos({ sources: ['photos.zip'], to: 'target', cwd: root });
    const expected = Object.fromEntries(Object.entries(files).map(([path, text]) => [path.slice(4), text]));
    assert.deepEqual(await readTree(join(root, 'target')), Object.fromEntries(Object.entries(expected).sort()));
    assert.deepEqual([result.sources[0]?.kind, result.notes.length], ['tar', 1]);
    assert.equal((await importPhotos({ sources: ['photos.zip'], to: 'target', cwd: root })).alreadyThere, 3);
  });

test('names: backslashes of old Windows zips, UTF-8 that is not announced, the same entry twice', async (t) => {
  const root = await temporaryFolder(t);
  const zip = makeZip([
    { name: 'cats\\1.jpg', bytes: Buffer.from('1') },
    { name: 'dogs/é猫.jpg', bytes: Buffer.from('2'), utf8: false },
    { name: 'dogs/twice.jpg', bytes: Buffer.from('3') },
    { name: 'dogs/twice.jpg', bytes: Buffer.from('3') },
    { name: 'dogs/twice.jpg', bytes: Buffer.from('4') },
  ]);
  const result = await importArchive(root, 'a.zip', zip);
  const files = await readTree(join(root, 'target'));
  assert.deepEqual(Object.keys(files), ['cats/1.jpg', 'dogs/twice-a87ff679.jpg', 'dogs/twice.jpg', 'dogs/é猫.jpg']);
  assert.deepEqual([files['dogs/twice.jpg'], files['dogs/twice-a87ff679.jpg'], result.repeated], ['3', '4', 1]);
});

const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251));
const plain = (megabytes: number): Buffer => Buffer.alloc(megabytes * 2 ** 20);
const hostileZips: readonly (readonly [string, Buffer, RegExp])[] = [
  ['a path that climbs', makeZip([...honest, { name: '../evil.jpg' }]), /evil\.jpg.*climbs/],
  ['a path that climbs with backslashes', makeZip([...honest, { name: 'cats\\..\\..\\evil.jpg' }]), /climbs/],
  ['a text file that climbs', makeZip([...honest, { name: 'cats/../../.bashrc' }]), /climbs/],
  ['an absolute path', makeZip([...honest, { name: '/tmp/evil.jpg' }]), /absolute/],
  ['a drive letter', makeZip([...honest, { name: 'C:\\evil.jpg' }]), /drive/],
  ['a zero byte in a name', makeZip([...honest, { name: 'cats/a.jpg\0.txt' }]), /zero byte/],
  [
    'a symbolic link',
    makeZip([...honest, { name: 'cats/l.jpg', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 }]),
    /link or a device/,
  ],
  ['a device', makeZip([...honest, { name: 'cats/d.jpg', mode: 0o020666 }]), /link or a device/],
  [
    'an encrypted entry',
    makeZip([...honest, { name: 'cats/e.jpg', bytes: noise, encrypted: true, statedSize: 4084 }]),
    /encrypted/,
  ],
  ['a method nobody has', makeZip([...honest, { name: 'cats/e.jpg', bytes: noise, method: 14 }]), /LZMA/],
  [
    'a wrong checksum',
    makeZip([{ name: 'cats/a.jpg', bytes: noise, crc: 1 }, ...honest]),
    /do not match their checksum/,
  ],
  [
    'fewer bytes than stated',
    makeZip([{ name: 'cats/a.jpg', bytes: noise, method: 'deflate', statedSize: 5000 }, ...honest]),
    /checksum/,
  ],
  [
    'more bytes than stated',
    makeZip([{ name: 'cats/a.jpg', bytes: noise, method: 'deflate', statedSize: 10 }, ...honest]),
    /cannot be unpacked/,
  ],
  [
    'packed bytes that are garbage',
    breakBytes(makeZip([{ name: 'cats/a.jpg', bytes: noise, method: 'deflate' }, ...honest])),
    /cannot be unpacked|checksum/,
  ],
  [
    'one entry that is a bomb',
    makeZip([...honest, { name: 'cats/bomb.bmp', bytes: plain(20), method: 'deflate' }]),
    /bomb\.bmp unpacks to [\d,]+ times/,
  ],
  ['many entries over the same bytes', makeZip(overlapping()), /times its size/],
  ['cut short', makeZip(honest).subarray(0, -30), /damaged, cut short/],
  ['no directory', makeZip(honest).subarray(0, 100), /damaged, cut short/],
  ['something after the end', Buffer.concat([makeZip(honest), noise]), /damaged, cut short/],
  ['empty', Buffer.alloc(0), /empty \(0 bytes\)/],
  ['no zip at all', Buffer.from('I am not a zip. '.repeat(100)), /neither a zip nor a tar/],
];

/** Each entry's own ratio is harmless (12 MiB is below where ratios matter); together they are not. */
function overlapping(): ZipItem[] {
  const shared: ZipItem = { name: 'cats/0.bmp', bytes: plain(12), method: 'deflate' };
  return [
    ...honest,
    shared,
    ...Array.from({ length: 9 }, (_, i) => ({ ...shared, name: `cats/${i + 1}.bmp`, sharesBytesOf: 4 })),
  ];
}

function breakBytes(zip: Buffer): Buffer {
  const broken = Buffer.from(zip);
  broken.fill(0xff, 45, 60);
  return broken;
}

for (const [name, bytes, message] of hostileZips)
  test(`zip refused: ${name}`, async (t) => {
    const root = await temporaryFolder(t);
    await assert.rejects(importArchive(root, 'a.zip', bytes), { code: 'ARCHIVE_UNSAFE', message, hint: /./ });
    assert.deepEqual(await readdir(root), ['a.zip'], 'nothing but the archive is there');
  });

const hostileTars: readonly (readonly [string, Buffer, RegExp])[] = [
  ['a path that climbs', Buffer.concat([...honestTar, tarEntry('../evil.jpg'), tarEnd]), /climbs/],
  ['an absolute path', Buffer.concat([...honestTar, tarEntry('/tmp/evil.jpg'), tarEnd]), /absolute/],
  ['a drive letter', Buffer.concat([...honestTar, tarEntry('c:/evil.jpg'), tarEnd]), /drive/],
  [
    'a symbolic link',
    Buffer.concat([...honestTar, tarEntry('cats/l.jpg', { type: 'SymbolicLink', linkpath: '/etc/passwd' }), tarEnd]),
    /SymbolicLink/,
  ],
  [
    'a hard link',
    Buffer.concat([...honestTar, tarEntry('cats/l.jpg', { type: 'Link', linkpath: 'cats/a.jpg' }), tarEnd]),
    /\(Link\)/,
  ],
  [
    'a device',
    Buffer.concat([...honestTar, tarEntry('cats/d.jpg', { type: 'CharacterDevice' }), tarEnd]),
    /CharacterDevice/,
  ],
  ['a named pipe', Buffer.concat([...honestTar, tarEntry('cats/d.jpg', { type: 'FIFO' }), tarEnd]), /FIFO/],
  [
    'cut short inside a file',
    Buffer.concat([...honestTar, tarEntry('cats/c.jpg', { bytes: noise })]).subarray(0, -1024),
    /cut short/,
  ],
  [
    'a header that was changed',
    Buffer.concat([...honestTar, tarEntry('cats/c.jpg').fill(0x41, 0, 9), tarEnd]),
    /damaged/,
  ],
  [
    'gzip cut short',
    gzipSync(Buffer.concat([...honestTar, tarEntry('cats/n.jpg', { bytes: noise }), tarEnd])).subarray(0, -40),
    /damaged or cut short/,
  ],
  ['gzip with a wrong checksum', flipLast(gzipSync(Buffer.concat([...honestTar, tarEnd]))), /damaged or cut short/],
  ['gzip of something else', gzipSync(Buffer.from('no tar inside '.repeat(200))), /no tar/],
  ['gzip of nothing', gzipSync(Buffer.alloc(0)), /no tar/],
  ['packed twice', gzipSync(gzipSync(Buffer.concat([...honestTar, tarEnd]))), /packed twice/],
  [
    'a bomb',
    gzipSync(Buffer.concat([...honestTar, tarEntry('cats/bomb.bmp', { bytes: plain(24) }), tarEnd])),
    /times its size/,
  ],
  [
    'a bomb that is no picture',
    gzipSync(Buffer.concat([...honestTar, tarEntry('bomb.txt', { bytes: plain(24) }), tarEnd])),
    /times its size/,
  ],
];

function flipLast(gzip: Buffer): Buffer {
  gzip[gzip.length - 8] = (gzip[gzip.length - 8] ?? 0) ^ 0xff;
  return gzip;
}

for (const [name, bytes, message] of hostileTars)
  test(`tar refused: ${name}`, async (t) => {
    const root = await temporaryFolder(t);
    await assert.rejects(importArchive(root, 'a.tgz', bytes), { code: 'ARCHIVE_UNSAFE', message, hint: /./ });
    assert.deepEqual(await readdir(root), ['a.tgz'], 'nothing but the archive is there');
  });

test('every limit refuses by its flag', async (t) => {
  const root = await temporaryFolder(t);
  const limits = [
    [{ maxEntries: 3 }, /--max-entries/],
    [{ maxEntryBytes: 4 }, /--max-entry-bytes/],
    [{ maxTotalBytes: 14 }, /--max-total-bytes/],
  ] as const;
  const tar = Buffer.concat([...honestTar, tarEntry('cats/x.jpg'), tarEnd]);
  for (const [limit, hint] of limits)
    for (const [name, bytes] of [
      ['a.zip', makeZip(honest)],
      ['a.tar', tar],
    ] as const)
      await assert.rejects(importArchive(root, name, bytes, { limits: limit }), { code: 'ARCHIVE_UNSAFE', hint });
  const bomb = makeZip([...honest, { name: 'cats/plain.bmp', bytes: plain(20), method: 'deflate' }]);
  assert.equal((await importArchive(root, 'b.zip', bomb, { limits: { maxRatio: 2000 } })).photos, 4);
});

test('damage that shows only while reading stops there; what is in place is whole, and a good archive completes it', async (t) => {
  const root = await temporaryFolder(t);
  const bad = makeZip([...honest.slice(0, 3), { name: 'dogs/a.jpg', bytes: Buffer.from('dog a'), crc: 1 }]);
  await assert.rejects(importArchive(root, 'a.zip', bad), { code: 'ARCHIVE_UNSAFE', message: /dogs\/a\.jpg/ });
  const result = await importArchive(root, 'a.zip', makeZip(honest));
  assert.equal(result.photos, 3);
  assert.deepEqual(await readTree(join(root, 'target')), two);
});

test('a tar without an end mark is taken with a word', async (t) => {
  const root = await temporaryFolder(t);
  const result = await importArchive(root, 'a.tar', Buffer.concat(honestTar));
  assert.match(result.notes.join(), /no end mark/);
  assert.equal(result.photos, 3);
});

test('other packers are named; an archive inside an archive is pointed out', async (t) => {
  const root = await temporaryFolder(t);
  await assert.rejects(importArchive(root, 'a.7z', Buffer.from('377abcaf271c0004', 'hex')), {
    code: 'ARCHIVE_UNSAFE',
    message: /7z/,
  });
  const nested = makeZip([{ name: 'train.zip', bytes: makeZip(honest) }]);
  await assert.rejects(importArchive(root, 'a.zip', nested), { code: 'DATASET_INVALID', hint: /archive inside/ });
});

test("Python's zipfile and the system's tar write what is read here", async (t) => {
  const root = await temporaryFolder(t);
  await makeTree(join(root, 'tree'), two);
  try {
    execFileSync('tar', ['czf', '../a.tar.gz', '.'], { cwd: join(root, 'tree') });
    execFileSync('python3', ['-m', 'zipfile', '-c', '../a.zip', 'cats', 'dogs'], { cwd: join(root, 'tree') });
  } catch {
    t.skip('tar or python3 is not installed');
    return;
  }
  for (const name of ['a.tar.gz', 'a.zip']) {
    await importPhotos({ sources: [name], to: `from-${name}`, cwd: root });
    assert.deepEqual(await readTree(join(root, `from-${name}`)), two);
  }
});
