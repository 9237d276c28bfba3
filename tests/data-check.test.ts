// pawprint data check on folders with one of every broken kind, and on clean ones: each is found, nothing else is
// flagged, gates and exit codes follow, and nothing stops the run or stays behind.
import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { createRandom } from '../src/core/index.ts';
import { checkDataset, checkSettings, type CheckResult } from '../src/data/index.ts';
import { runPawprint } from './support/run-pawprint.ts';

const root = mkdtempSync(join(tmpdir(), 'pawprint-data-check-'));
after(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A picture unlike any of another seed, colourful, sharp, with light and shadow: nothing to be flagged. */
function drawPicture(seed: number, [width, height]: readonly [number, number] = [160, 120]): Sharp {
  const random = createRandom(seed, 'picture');
  const data = Buffer.alloc(width * height * 3);
  const waves = Array.from({ length: 8 }, () => ({
    x: random.uniform(-12, 12),
    y: random.uniform(-12, 12),
    phase: random.uniform(0, 6.3),
    colour: [random.uniform(-60, 60), random.uniform(-60, 60), random.uniform(-60, 60)],
  }));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) {
        let value = 128 + 20 * random.normal();
        for (const wave of waves)
          value += (wave.colour[channel] ?? 0) * Math.sin((wave.x * x) / width + (wave.y * y) / height + wave.phase);
        data[(y * width + x) * 3 + channel] = Math.max(0, Math.min(255, Math.round(value)));
      }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const drawnBefore = new Map<string, Promise<Buffer>>();

async function jpegOf(seed: number, size?: readonly [number, number]): Promise<Buffer> {
  const key = `${seed} ${String(size)}`;
  const drawn = drawnBefore.get(key) ?? drawPicture(seed, size).jpeg({ quality: 90 }).toBuffer();
  drawnBefore.set(key, drawn);
  return drawn;
}

function flat(level: number): Sharp {
  return sharp({ create: { width: 120, height: 120, channels: 3, background: { r: level, g: level, b: level + 5 } } });
}

function put(directory: string, path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), bytes);
}

/** The JPEG with other numbers in its frame header (SOF0: marker, length, depth, height, width). */
function claimSize(jpeg: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(jpeg);
  const header = changed.indexOf(Buffer.from([0xff, 0xc0]));
  changed.writeUInt16BE(height, header + 5);
  changed.writeUInt16BE(width, header + 7);
  return changed;
}

/** Two classes of twelve clean photos each. */
async function cleanFolder(name: string): Promise<string> {
  const directory = join(root, name);
  for (let i = 0; i < 12; i++) {
    put(directory, `cats/cat.${i}.jpg`, await jpegOf(i));
    put(directory, `dogs/dog.${i}.jpg`, await jpegOf(100 + i));
  }
  return directory;
}

const fewPhotos = ['too-few-photos=2'];

/** Paths by finding; groups with = between their paths. Findings without hits are left out. */
function flagged(result: CheckResult): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(result.findings).flatMap(([id, { photos = [], groups = [], classes = [] }]) => {
      const words = [
        ...photos.map(({ path }) => path),
        ...groups.map(({ paths }) => paths.join(' = ')),
        ...classes.map(({ className, split }) => `${className}${split === undefined ? '' : ` in ${split}`}`),
      ];
      return words.length === 0 ? [] : [[id, words]];
    }),
  );
}

function brokenGates(result: CheckResult): string[] {
  return result.gates.filter(({ passed }) => !passed).map(({ finding }) => finding);
}

async function check(
  directory: string,
  words: Parameters<typeof checkSettings>[0] = {},
  workers = 2,
): Promise<CheckResult> {
  const settings = checkSettings({ thresholds: [...fewPhotos, ...(words.thresholds ?? [])], gates: words.gates ?? [] });
  return checkDataset({ directory, settings, workers });
}

test('nothing is flagged on clean photos, whatever the format', async () => {
  const directory = await cleanFolder('clean');
  put(directory, 'cats/a.png', await drawPicture(31).png().toBuffer());
  put(directory, 'cats/b.webp', await drawPicture(32).webp({ quality: 90 }).toBuffer());
  put(directory, 'dogs/c.gif', await drawPicture(33).gif().toBuffer());
  put(directory, 'dogs/d.tiff', await drawPicture(34).tiff().toBuffer());
  put(directory, 'dogs/notes.txt', Buffer.from('no picture'));
  const result = await check(directory);
  assert.deepEqual(flagged(result), {});
  assert.equal(result.passed, true);
  assert.equal(result.totals.photos, 28);
  assert.equal(result.totals.decoded, 28);
  assert.deepEqual(result.totals.ignored, { 'not a picture (.txt)': 1 });
});

let broken = '';
before(async () => {
  broken = await cleanFolder('broken');
  const whole = await jpegOf(1000);
  const png = await drawPicture(1001).png().toBuffer();
  const files: Record<string, Uint8Array> = {
    'cats/empty.jpg': Buffer.alloc(0),
    'cats/garbage.jpg': Buffer.from('this is certainly not a picture'),
    'cats/header.jpg': whole.subarray(0, 60),
    'cats/bitmap.bmp': Buffer.concat([Buffer.from('BM'), Buffer.alloc(80)]),
    'cats/cut.jpg': whole.subarray(0, Math.floor(whole.length * 0.6)),
    'cats/cut.png': png.subarray(0, Math.floor(png.length * 0.6)),
    'cats/named.jpg': await drawPicture(1002).png().toBuffer(),
    'cats/plain-name': await jpegOf(1003),
    'cats/dark.jpg': await drawPicture(1004).linear(0.2, 0).jpeg().toBuffer(),
    'cats/light.jpg': await drawPicture(1005).linear(0.2, 200).jpeg().toBuffer(),
    'cats/blurry.jpg': await drawPicture(1006, [320, 240]).blur(8).jpeg().toBuffer(),
    'cats/grey.jpg': await drawPicture(1007).greyscale().jpeg().toBuffer(),
    'cats/blank.png': await flat(90).png().toBuffer(),
    'dogs/long.jpg': await jpegOf(1008, [400, 100]),
    'dogs/tiny.jpg': await jpegOf(1009, [32, 32]),
    'dogs/wide.jpg': await drawPicture(1010).resize(1600, 1200, { kernel: 'nearest' }).jpeg().toBuffer(),
    'dogs/bomb.jpg': claimSize(await jpegOf(1011), 20_000, 15_000),
    'dogs/cmyk.jpg': await drawPicture(1012).toColourspace('cmyk').jpeg().toBuffer(),
    'dogs/turned.jpg': await drawPicture(1013).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  };
  for (const [path, bytes] of Object.entries(files)) put(broken, path, bytes);
  const frames = await Promise.all([1014, 1015].map((seed) => drawPicture(seed).png().toBuffer()));
  put(
    broken,
    'dogs/animated.gif',
    await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer(),
  );
  symlinkSync('nowhere', join(broken, 'dogs/gone.jpg'));
});

test('every broken and odd kind is found, and nothing else is flagged', async () => {
  const result = await check(broken, { thresholds: ['huge=1.5'] });
  assert.deepEqual(flagged(result), {
    undecodable: ['cats/bitmap.bmp', 'cats/garbage.jpg'],
    unreadable: ['dogs/gone.jpg'],
    truncated: ['cats/cut.jpg', 'cats/cut.png', 'cats/header.jpg'],
    'zero-bytes': ['cats/empty.jpg'],
    'wrong-extension': ['cats/named.jpg'],
    blurry: ['cats/blurry.jpg'],
    'low-information': ['cats/blank.png'],
    dark: ['cats/blank.png', 'cats/dark.jpg'],
    light: ['cats/light.jpg'],
    'odd-aspect-ratio': ['dogs/long.jpg'],
    tiny: ['dogs/tiny.jpg'],
    huge: ['dogs/bomb.jpg', 'dogs/wide.jpg'],
    'odd-size': ['dogs/bomb.jpg', 'dogs/wide.jpg'],
    greyscale: ['cats/grey.jpg'],
    animated: ['dogs/animated.gif'],
    cmyk: ['dogs/cmyk.jpg'],
    'exif-rotated': ['dogs/turned.jpg'],
  });
  assert.deepEqual(brokenGates(result), ['undecodable', 'unreadable', 'truncated', 'zero-bytes']);
  assert.equal(result.findings['wrong-extension'].photos?.[0]?.detail, 'png content in .jpg');
});

test('the result does not depend on the number of workers', async () => {
  assert.deepEqual(await check(broken, {}, 1), await check(broken, {}, 3));
});

test(
  'a file that may not be read is a finding',
  { skip: process.getuid?.() === 0 ? 'root may read everything' : false },
  async () => {
    const directory = await cleanFolder('forbidden');
    chmodSync(join(directory, 'cats/cat.3.jpg'), 0);
    assert.deepEqual(flagged(await check(directory)), { unreadable: ['cats/cat.3.jpg'] });
  },
);

test('near duplicates: scaled, recompressed, cropped and brightened copies are found, other photos are not', async () => {
  const directory = await cleanFolder('near');
  const original = await jpegOf(2000, [320, 240]);
  const copies: Record<string, Sharp> = {
    'cats/near-0.png': sharp(original),
    'cats/near-1.jpg': sharp(original).resize(160, 120),
    'cats/near-2.jpg': sharp(original).jpeg({ quality: 35 }),
    'cats/near-3.jpg': sharp(original).extract({ left: 6, top: 5, width: 308, height: 230 }),
    'cats/near-4.jpg': sharp(original).modulate({ brightness: 1.2 }),
    'cats/near-5.jpg': sharp(original).linear(0.8, 10),
  };
  for (const [path, picture] of Object.entries(copies)) put(directory, path, await picture.toBuffer());
  const result = await check(directory);
  const { 'wrong-extension': misnamed, ...rest } = flagged(result);
  assert.deepEqual(misnamed, ['cats/near-0.png']);
  assert.deepEqual(rest, { 'near-duplicates': [Object.keys(copies).join(' = ')] });
  assert.ok((result.findings['near-duplicates'].groups?.[0]?.score ?? 0) > 0.7);
  assert.equal(result.passed, true);
});

test('leakage across splits and contradicting labels, exact and near, break their gates', async () => {
  const directory = join(root, 'leaky');
  const folders = ['train/cats', 'train/dogs', 'test/cats', 'test/dogs'];
  for (const [k, folder] of folders.entries())
    for (let i = 0; i < 4; i++) put(directory, `${folder}/${i}.jpg`, await jpegOf(3000 + 10 * k + i));
  const [leak, label, near] = await Promise.all([jpegOf(4000), jpegOf(4001), jpegOf(4002)]);
  put(directory, 'train/cats/leak.jpg', leak);
  put(directory, 'test/cats/leak.jpg', leak);
  put(directory, 'train/cats/label.jpg', label);
  put(directory, 'train/dogs/label.jpg', label);
  put(directory, 'train/dogs/near.jpg', near);
  put(directory, 'test/dogs/near.jpg', await sharp(near).resize(120, 90).jpeg().toBuffer());
  const found = flagged(await check(directory));
  assert.deepEqual(found['exact-duplicates-across-splits'], ['test/cats/leak.jpg = train/cats/leak.jpg']);
  assert.deepEqual(found['near-duplicates-across-splits'], ['test/dogs/near.jpg = train/dogs/near.jpg']);
  assert.deepEqual(found['exact-duplicates-across-classes'], ['train/cats/label.jpg = train/dogs/label.jpg']);
  assert.deepEqual(brokenGates(await check(directory)), [
    'exact-duplicates-across-splits',
    'near-duplicates-across-splits',
    'exact-duplicates-across-classes',
  ]);
  const off = [
    'exact-duplicates-across-splits=1',
    'near-duplicates-across-splits=50%',
    'exact-duplicates-across-classes=off',
  ];
  assert.equal((await check(directory, { gates: off })).passed, true);
  const command = await runPawprint(['data', 'check', directory, '--json']);
  assert.equal(command.exitCode, 3, command.err);
  const json = JSON.parse(command.out) as CheckResult & { readonly html: null };
  assert.equal(json.schemaVersion, 1);
  assert.deepEqual(json.totals.splits.test, { cats: 5, dogs: 5 });
  assert.equal(json.passed, false);
  const relaxed = await runPawprint(['data', 'check', directory, ...off.flatMap((gate) => ['--gate', gate])]);
  assert.equal(relaxed.exitCode, 0, relaxed.err);
  assert.match(relaxed.out, /all 7 gates passed/);
});

test('a class without photos breaks its gate, in one split too; imbalance and few photos are told', async () => {
  const directory = join(root, 'empty-class');
  for (let i = 0; i < 8; i++) put(directory, `train/cats/${i}.jpg`, await jpegOf(5000 + i));
  for (let i = 0; i < 2; i++) put(directory, `train/dogs/${i}.jpg`, await jpegOf(5100 + i));
  put(directory, 'test/cats/a.jpg', await jpegOf(5200));
  mkdirSync(join(directory, 'test/dogs'));
  mkdirSync(join(directory, 'train/birds'));
  const result = await check(directory, { thresholds: ['too-few-photos=5'] });
  assert.deepEqual(flagged(result), {
    'empty-class': ['birds', 'birds in train', 'birds in test', 'dogs in test'],
    'class-imbalance': ['dogs', 'dogs in train'],
    'too-few-photos': ['dogs'],
  });
  assert.deepEqual(brokenGates(result), ['empty-class']);
});

test('the page shows the flagged pictures and runs over no odd name; the table names them', async () => {
  const directory = await cleanFolder('page');
  const name = 'cats/<b>"odd" & name\u001b[31m #1.jpg';
  put(directory, name, await drawPicture(6000).linear(0.2, 0).jpeg().toBuffer());
  put(directory, 'cats/empty.jpg', Buffer.alloc(0));
  const html = join(root, 'reports', 'check.html');
  const command = await runPawprint(['data', 'check', directory, '--html', html, '--gate', 'zero-bytes=1']);
  assert.equal(command.exitCode, 0, command.err);
  assert.match(command.out, /dark +warning +1 +\d\S* % +cats\/<b>"odd" & name\ufffd\[31m #1\.jpg/);
  const page = readFileSync(html, 'utf8');
  assert.equal(page.match(/src="data:image\/jpeg;base64,/g)?.length, 1);
  assert.match(page, /href="\.\.\/page\/cats\/%3Cb%3E%22odd%22%20%26%20name%1B%5B31m%20%231\.jpg"/);
  assert.doesNotMatch(page, /<b>/);
  assert.match(page, /zero bytes/);
  assert.deepEqual(readdirSync(dirname(html)), ['check.html']);
});

test('Ctrl-C ends the check with CANCELLED and leaves no page', async () => {
  const directory = join(root, 'large');
  const picture = await drawPicture(7000).resize(3000, 2250).jpeg().toBuffer();
  for (let i = 0; i < 60; i++) put(directory, `${i % 2 === 0 ? 'cats' : 'dogs'}/${i}.jpg`, picture);
  const out = join(root, 'cancelled');
  mkdirSync(out);
  const command = await runPawprint(['data', 'check', directory, '--html', join(out, 'check.html')], {
    meanwhile: (child) => {
      child.stderr?.once('data', () => child.kill('SIGINT'));
    },
  });
  assert.notEqual(command.exitCode, 0);
  assert.deepEqual(readdirSync(out), []);
  const signal = AbortSignal.abort();
  await assert.rejects(checkDataset({ directory, signal }), { code: 'CANCELLED' });
});

test('wrong words for thresholds, gates and folders are usage errors with a hint', async () => {
  for (const [args, expected] of [
    [['--threshold', 'darkk=1'], /Did you mean "dark"/],
    [['--threshold', 'dark=much'], /is not a number/],
    [['--threshold', 'truncated=1'], /has no threshold/],
    [['--gate', 'dark=1.5'], /is not understood/],
    [['--gate', 'dark'], /gives no value/],
  ] as const) {
    const command = await runPawprint(['data', 'check', broken, ...args]);
    assert.equal(command.exitCode, 2);
    assert.match(command.err, expected);
  }
  await assert.rejects(checkDataset({ directory: join(root, 'nowhere') }), { code: 'FILE_NOT_FOUND' });
  await assert.rejects(checkDataset({ directory: broken, html: { path: root, footer: '' } }), {
    code: 'ALREADY_EXISTS',
  });
});
