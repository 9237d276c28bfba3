import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeImage } from './decode.ts';
import { encodeJpeg } from './encode.ts';
import {
  countBits,
  createPerceptualHasher,
  hammingDistance,
  hashFromHex,
  hashToHex,
  type PerceptualHash,
} from './perceptual-hash.ts';
import type { Pixels } from './pixels.ts';
import { resizePixels } from './resize.ts';
import { flat, noise } from './test-vectors/pictures.ts';
import { upright } from './upright.ts';

const hasher = createPerceptualHasher();
/** Blotches of colour at several scales: as much structure as a photo has, different for each seed. */
function scene(seed: number): Pixels {
  const coarse = resizePixels(noise(5, 4, seed * 977 + 1), { width: 320, height: 240 });
  const fine = resizePixels(noise(20, 15, seed * 353 + 7), { width: 320, height: 240 });
  return { ...coarse, data: coarse.data.map((value, i) => 0.7 * value + 0.3 * (fine.data[i] ?? 0)) };
}
const scenes = Array.from({ length: 30 }, (_, seed) => scene(seed));

test('copies that are scaled, recompressed, lighter or harder stay near; other pictures are far', async () => {
  const hashes = scenes.map((pixels) => hasher.hash(pixels));
  const changed = (pixels: Pixels, change: (value: number) => number): Pixels => ({
    ...pixels,
    data: pixels.data.map((value) => Math.max(0, Math.min(255, change(value)))),
  });
  for (const [i, pixels] of scenes.entries()) {
    const copies = {
      smaller: resizePixels(pixels, { width: 97, height: 73 }),
      larger: resizePixels(pixels, { width: 500, height: 375 }),
      recompressed: (await decodeImage(encodeJpeg(pixels, { quality: 30 }))).pixels,
      lighter: changed(pixels, (value) => value + 20),
      harder: changed(pixels, (value) => (value - 128) * 1.2 + 128),
    };
    for (const [name, copy] of Object.entries(copies)) {
      const distance = hammingDistance(hasher.hash(copy), hashes[i] ?? { high: 0, low: 0 });
      assert.ok(distance <= 6, `scene ${i}, ${name}: ${distance} bits apart`);
    }
  }
  for (const [i, a] of hashes.entries())
    for (const b of hashes.slice(0, i)) assert.ok(hammingDistance(a, b) > 10, `${hashToHex(a)} ${hashToHex(b)}`);
});

test('the mirrored hash is the mirror image’s hash', () => {
  for (const pixels of scenes.slice(0, 10)) {
    const { hash, mirrored } = hasher.hashBothWays(pixels);
    assert.deepEqual(hash, hasher.hash(pixels));
    assert.ok(hammingDistance(mirrored, hasher.hash(upright(pixels, 2))) <= 2);
    assert.ok(hammingDistance(mirrored, hash) > 10);
  }
});

test('flat pictures of any colour and size hash to zero', () => {
  for (const pixels of [flat(300, 200, [0, 0, 0]), flat(64, 64, [13, 200, 99]), flat(1, 1, [255, 255, 255])])
    assert.deepEqual(hasher.hash(pixels), { high: 0, low: 0 });
});

test('a hash survives its hexadecimal form', () => {
  const hashes: PerceptualHash[] = [{ high: 0, low: 0 }, { high: 0xffffffff, low: 1 }, hasher.hash(scene(3))];
  for (const hash of hashes) {
    assert.match(hashToHex(hash), /^[0-9a-f]{16}$/);
    assert.deepEqual(hashFromHex(hashToHex(hash)), hash);
  }
  for (const wrong of ['', '123', 'zzzzzzzzzzzzzzzz', '0'.repeat(17)])
    assert.throws(() => hashFromHex(wrong), { code: 'MANIFEST_INVALID' });
});

test('distances count differing bits', () => {
  assert.deepEqual([0, 1, 0x80000000, 0xffffffff, 0x0f0f0f0f].map(countBits), [0, 1, 1, 32, 16]);
  assert.equal(hammingDistance({ high: 0xffffffff, low: 0 }, { high: 0, low: 0xffffffff }), 64);
  assert.equal(hammingDistance({ high: 5, low: 9 }, { high: 4, low: 8 }), 2);
});
