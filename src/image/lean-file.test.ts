import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { decodeImage } from './decode.ts';
import { inspectImage } from './inspect.ts';
import { leanFile } from './lean-file.ts';
import { sniffFormat } from './sniff.ts';
import {
  exifLoop,
  exifSegment,
  pngChunk,
  riffChunk,
  tiffOf,
  webpOf,
  withAvifExif,
  withJpegSegments,
  withPngChunks,
} from './test-vectors/picture-bytes.ts';
import { asSharp, gradient } from './test-vectors/pictures.ts';

const picture = asSharp(gradient(60, 40));
const plain = {
  jpeg: await picture.clone().toColourspace('cmyk').jpeg().toBuffer(),
  png: await picture.clone().png().toBuffer(),
  webp: await picture.clone().webp({ lossless: true }).toBuffer(),
  avif: await picture
    .clone()
    .withExif({ IFD0: { Artist: 'nobody' } })
    .avif()
    .toBuffer(),
};
/** What WebP says of itself: EXIF, 60 × 40 pixels. */
const extended = riffChunk('VP8X', Buffer.from('080000003b0000270000', 'hex'));
const withExif = {
  jpeg: (tiff: Buffer) => withJpegSegments(plain.jpeg, exifSegment(tiff)),
  png: (tiff: Buffer) => withPngChunks(plain.png, pngChunk('eXIf', tiff)),
  webp: (tiff: Buffer) => webpOf([extended, plain.webp.subarray(12), riffChunk('EXIF', tiff)]),
  avif: (tiff: Buffer) => withAvifExif(plain.avif, tiff),
};
const formats = ['jpeg', 'png', 'webp', 'avif'] as const;

for (const format of formats) {
  // With 5,400 entries, as many as a JPEG holds, libexif took 49 s; these few show that it gets nothing to read.
  test(`EXIF of a ${format} whose directories name each other reaches no decoder, and changes no pixel`, async () => {
    const bytes = withExif[format](exifLoop(200));
    assert.notEqual((await sharp(bytes).metadata()).exif, undefined, 'the decoder would read it');
    assert.equal(sniffFormat(bytes), format);
    assert.equal((await sharp(leanFile(bytes, format).bytes).metadata()).exif, undefined);
    const [with_, without] = [await decodeImage(bytes), await decodeImage(plain[format])];
    assert.deepEqual(with_.pixels.data, without.pixels.data);
  });

  test(`a ${format} cut off anywhere in its first and last bytes is followed without harm`, () => {
    const bytes = withExif[format](exifLoop(3));
    const cuts = [...Array(400).keys()].flatMap((n) => [n, bytes.length - n]);
    for (const cut of cuts.filter((n) => n >= 0 && n <= bytes.length)) {
      const { bytes: lean } = leanFile(bytes.subarray(0, cut), format);
      assert.ok(lean.length <= cut, `${cut}`);
    }
  });
}

for (const format of ['jpeg', 'png', 'webp'] as const)
  test(`a ${format} is turned as its EXIF says, though no decoder sees it`, async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = withExif[format](tiffOf([[[0x0112, 3, 1, orientation]]]));
      assert.equal((await inspectImage(bytes)).orientation, orientation);
      const turned = await decodeImage(bytes);
      const asSharpDoes = sharp(bytes, { ignoreIcc: format !== 'jpeg' })
        .autoOrient()
        .toColourspace('srgb');
      assert.deepEqual(
        Buffer.from(turned.pixels.data),
        await asSharpDoes.raw().toBuffer(),
        `orientation ${orientation}`,
      );
    }
  });

test('compressed text of a PNG is left out, whatever it would become', () => {
  const text = Buffer.concat([Buffer.from('a\0\0', 'latin1'), deflateSync(Buffer.alloc(1 << 20))]);
  const [zTXt, iTXt] = [pngChunk('zTXt', text), pngChunk('iTXt', Buffer.concat([Buffer.from('a\0\x01\0\0\0'), text]))];
  const { bytes, orientation } = leanFile(withPngChunks(plain.png, zTXt, iTXt, zTXt), 'png');
  assert.deepEqual([Buffer.from(bytes), orientation], [plain.png, 1]);
});

test('a file with nothing to leave out is not copied', () => {
  for (const format of ['jpeg', 'png', 'webp'] as const)
    assert.equal(leanFile(plain[format], format).bytes.buffer, plain[format].buffer);
});
