import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Sharp } from 'sharp';
import { PawprintError } from '../core/index.ts';
import { createDecoder, decodeImage } from './decode.ts';
import type { Pixels } from './pixels.ts';
import { asAnimation, asSharp, difference, flat, gradient, noise } from './test-vectors/pictures.ts';
import { upright } from './upright.ts';

const picture = gradient(60, 40);
const grey: Pixels = {
  ...picture,
  data: picture.data.map((_, i) => picture.data[i - (i % 3)] ?? 0),
};
const encoded = (edit: (image: Sharp) => Sharp, pixels = picture): Promise<Buffer> => edit(asSharp(pixels)).toBuffer();

/** Every kind of file, and how far its pixels may be from the picture (compression, quantisation), in mean grey levels. */
const kinds: Readonly<Record<string, { make: () => Promise<Buffer>; expected?: Pixels; within: number }>> = {
  JPEG: { make: () => encoded((s) => s.jpeg({ quality: 95 })), within: 2 },
  'progressive JPEG': { make: () => encoded((s) => s.jpeg({ progressive: true, quality: 95 })), within: 2 },
  'grey JPEG': {
    make: () => encoded((s) => s.toColourspace('b-w').jpeg({ quality: 95 }), grey),
    expected: grey,
    within: 2,
  },
  'CMYK JPEG': { make: () => encoded((s) => s.toColourspace('cmyk').jpeg({ quality: 95 })), within: 25 },
  PNG: { make: () => encoded((s) => s.png()), within: 0 },
  'interlaced PNG': { make: () => encoded((s) => s.png({ progressive: true })), within: 0 },
  '16-bit PNG': { make: () => encoded((s) => s.toColourspace('rgb16').png()), within: 0 },
  'grey PNG': { make: () => encoded((s) => s.toColourspace('b-w').png(), grey), expected: grey, within: 1 },
  '16-bit grey PNG': { make: () => encoded((s) => s.toColourspace('grey16').png(), grey), expected: grey, within: 1 },
  'palette PNG': { make: () => encoded((s) => s.png({ palette: true })), within: 6 },
  WebP: { make: () => encoded((s) => s.webp({ quality: 95 })), within: 4 },
  'lossless WebP': { make: () => encoded((s) => s.webp({ lossless: true })), within: 0 },
  GIF: { make: () => encoded((s) => s.gif()), within: 6 },
  TIFF: { make: () => encoded((s) => s.tiff({ compression: 'lzw' })), within: 0 },
  AVIF: { make: () => encoded((s) => s.avif({ quality: 90 })), within: 5 },
  'animated WebP': { make: () => asAnimation(picture).webp({ lossless: true }).toBuffer(), within: 0 },
  'animated GIF': { make: () => asAnimation(picture).gif().toBuffer(), within: 6 },
};

async function refusal(bytes: Uint8Array): Promise<PawprintError> {
  try {
    await decodeImage(bytes);
  } catch (error) {
    assert.ok(error instanceof PawprintError, `a bare error: ${String(error)}`);
    return error;
  }
  assert.fail('it was decoded');
}

for (const [name, { make, expected = picture, within }] of Object.entries(kinds))
  test(`${name} becomes upright 8-bit RGB`, async () => {
    const { pixels } = await decodeImage(await make());
    assert.deepEqual([pixels.width, pixels.height, pixels.data.length], [60, 40, 7200]);
    assert.ok(difference(pixels, expected).mean <= within, `${difference(pixels, expected).mean} grey levels apart`);
  });

for (const [name, { make }] of Object.entries(kinds))
  test(`a cut-off ${name} is refused wherever it was cut`, async () => {
    const bytes = await make();
    // The last bytes of some formats hold nothing of the picture; of an animation, the first frame counts.
    for (let share = 0.02; share < (name === 'animated GIF' ? 0.45 : 0.97); share += 0.06) {
      const error = await refusal(bytes.subarray(0, Math.floor(bytes.length * share)));
      assert.match(error.code, /^IMAGE_UN/, `at ${share}`);
      if (!/TIFF|AVIF/.test(name) && error.code === 'IMAGE_UNREADABLE') assert.match(error.message, /truncated/);
      assert.ok(error.hint !== undefined);
    }
  });

test('a JPEG that only lacks its last byte is called truncated, unless that is tolerated', async () => {
  const bytes = (await kinds['JPEG']?.make()) ?? Buffer.alloc(0);
  assert.match((await refusal(bytes.subarray(0, -1))).message, /JPEG picture is truncated/);
  const { pixels } = await decodeImage(bytes.subarray(0, -1), { tolerateTruncation: true });
  assert.ok(difference(pixels, picture).mean < 2);
});

test('tolerated, a cut-off picture is what there is of it', async () => {
  const large = noise(300, 200);
  const top = (pixels: Pixels): Pixels => ({ ...pixels, height: 60, data: pixels.data.subarray(0, 300 * 60 * 3) });
  for (const bytes of [await encoded((s) => s.jpeg({ quality: 98 }), large), await encoded((s) => s.png(), large)]) {
    const whole = await decodeImage(bytes);
    // The two JPEG decoders round differently (about one grey level on photos, four on noise).
    const { pixels } = await decodeImage(bytes.subarray(0, bytes.length * 0.6), { tolerateTruncation: true });
    assert.ok(difference(top(pixels), top(whole.pixels)).mean < 5, whole.info.format);
    assert.ok(difference(pixels, whole.pixels).mean > 10, whole.info.format);
  }
});

test('a JPEG whose middle is missing is refused although it ends properly', async () => {
  const bytes = await encoded((s) => s.jpeg({ quality: 95 }), gradient(300, 200));
  const middle = Math.floor(bytes.length / 2);
  const error = await refusal(Buffer.concat([bytes.subarray(0, middle), bytes.subarray(middle + 800)]));
  assert.equal(error.code, 'IMAGE_UNREADABLE');
});

test('a JPEG with stray bytes before its end, or after it, is whole', async () => {
  const bytes = (await kinds['JPEG']?.make()) ?? Buffer.alloc(0);
  const strewn = Buffer.concat([bytes.subarray(0, -2), Buffer.alloc(200, 7), bytes.subarray(-2)]);
  for (const odd of [strewn, Buffer.concat([bytes, Buffer.alloc(100, 5)])])
    assert.ok(difference((await decodeImage(odd)).pixels, picture).mean < 2);
});

test('whatever bits are flipped, there is a picture or a PawprintError', async () => {
  const files = await Promise.all(Object.values(kinds).map(({ make }) => make()));
  const flips = fc.array(fc.tuple(fc.nat(1e6), fc.nat(255)), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.nat(files.length - 1), flips, fc.boolean(), async (file, changes, tolerateTruncation) => {
      const bytes = Buffer.from(files[file] ?? []);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const options = { tolerateTruncation, maxPixels: 100_000 };
      const decoded = await decodeImage(bytes, options).catch((error: unknown) => {
        assert.ok(error instanceof PawprintError, String(error));
      });
      if (decoded !== undefined) {
        const { width, height, data } = decoded.pixels;
        assert.equal(data.length, width * height * 3);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

for (let orientation = 1; orientation <= 8; orientation++)
  test(`EXIF orientation ${orientation} is undone, alike for JPEG and PNG`, async () => {
    const stored = asSharp(picture).withMetadata({ orientation });
    const jpeg = await decodeImage(await stored.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer());
    const png = await decodeImage(await stored.clone().png().toBuffer());
    assert.equal(jpeg.info.orientation, orientation);
    assert.deepEqual([jpeg.pixels.width, jpeg.pixels.height], orientation < 5 ? [60, 40] : [40, 60]);
    assert.deepEqual([png.pixels.width, png.pixels.height], [jpeg.pixels.width, jpeg.pixels.height]);
    assert.ok(difference(jpeg.pixels, png.pixels).mean < 2);
    assert.ok(difference(upright(picture, orientation), png.pixels).largest === 0, 'as sharp turns it');
  });

test('a turned picture turned back is the picture', () => {
  for (const [there, back] of [
    [2, 2],
    [3, 3],
    [4, 4],
    [5, 5],
    [6, 8],
    [7, 7],
    [8, 6],
  ] as const)
    assert.deepEqual(upright(upright(picture, there), back), picture, `${there} then ${back}`);
});

test('transparent pixels show grey 128, half transparent ones half of it', async () => {
  const red = asSharp(flat(8, 8, [200, 0, 0]));
  for (const [alpha, expected] of [
    [0, [128, 128, 128]],
    [0.5, [164, 64, 64]],
    [1, [200, 0, 0]],
  ] as const) {
    const { pixels, info } = await decodeImage(await red.clone().ensureAlpha(alpha).png().toBuffer());
    assert.equal(info.hasAlpha, true);
    pixels.data.subarray(0, 3).forEach((value, i) => {
      assert.ok(Math.abs(value - (expected[i] ?? 0)) <= 1, `alpha ${alpha}: ${pixels.data.subarray(0, 3).join(' ')}`);
    });
  }
});

test('colour profiles are left alone in PNG as in JPEG, so that one photo gives one record', async () => {
  const wide = asSharp(picture).withIccProfile('p3');
  const jpeg = await decodeImage(await wide.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer());
  const png = await decodeImage(await wide.clone().png().toBuffer());
  assert.ok(difference(jpeg.pixels, png.pixels).mean < 1.5, String(difference(jpeg.pixels, png.pixels).mean));
});

test('calls that overlap do not see each other’s pixels', async () => {
  const decoder = createDecoder();
  const colours = [10, 60, 110, 160, 210] as const;
  const files = await Promise.all(
    colours.map((value, i) => encoded((s) => (i % 2 === 0 ? s.jpeg() : s.png()), flat(64, 64, [value, value, value]))),
  );
  const seen = await Promise.all(files.map((bytes) => decoder.use(bytes, ({ pixels }) => pixels.data[4000] ?? 0)));
  seen.forEach((value, i) => assert.ok(Math.abs(value - (colours[i] ?? 0)) <= 2, seen.join(' ')));
});

test('decodeNow takes plain JPEGs, leaves the rest, and throws for what cannot be a JPEG picture', async () => {
  const decoder = createDecoder();
  const bytes = async (name: string): Promise<Buffer> => (await kinds[name]?.make()) ?? Buffer.alloc(0);
  for (const name of ['JPEG', 'progressive JPEG', 'grey JPEG'])
    assert.equal(decoder.decodeNow(await bytes(name))?.pixels.width, 60, name);
  for (const name of ['CMYK JPEG', 'PNG', 'GIF']) assert.equal(decoder.decodeNow(await bytes(name)), undefined, name);
  const jpeg = await bytes('JPEG');
  assert.throws(() => decoder.decodeNow(jpeg.subarray(0, 30)), { code: 'IMAGE_UNREADABLE' });
  assert.throws(() => decoder.decodeNow(jpeg, { maxPixels: 100 }), { code: 'IMAGE_TOO_LARGE' });
});
