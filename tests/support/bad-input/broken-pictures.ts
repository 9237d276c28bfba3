// Pictures that were cut off or had bits turned over: at every boundary of their format, and everywhere.
import { createRandom } from '../../../src/core/index.ts';
import { jpegBoundaries, pngBoundaries } from '../../../src/image/test-vectors/picture-bytes.ts';

type Named = readonly [name: string, bytes: Buffer];

/** The file up to each boundary, and up to a few bytes around it. */
function cutAround(name: string, bytes: Buffer, boundaries: readonly number[]): Named[] {
  const ends = boundaries.flatMap((at) => [at - 1, at, at + 1, at + 2, at + 5]);
  const unique = [...new Set(ends)].filter((end) => end > 0 && end < bytes.length).sort((a, b) => a - b);
  return unique.map((end) => [`${name} cut to ${end} of ${bytes.length} bytes`, bytes.subarray(0, end)]);
}

const evenly = (bytes: Buffer, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor((bytes.length * (i + 0.5)) / count));

/** Every picture cut: JPEG and PNG at each marker and chunk, the others at even distances. */
export function truncatedPictures(pictures: ReadonlyMap<string, Buffer>): Named[] {
  return ['JPEG', 'progressive JPEG', 'PNG', 'WebP', 'animated WebP', 'GIF', 'TIFF', 'AVIF'].flatMap((name) => {
    const bytes = pictures.get(name) ?? Buffer.alloc(0);
    if (name.endsWith('JPEG')) return cutAround(name, bytes, [...jpegBoundaries(bytes), ...evenly(bytes, 4)]);
    if (name === 'PNG') return cutAround(name, bytes, [...pngBoundaries(bytes), ...evenly(bytes, 4)]);
    return cutAround(name, bytes, [...evenly(bytes, 4), bytes.length]);
  });
}

/** Copies in which one to eight bits are turned over: half of them in the first 200 bytes, where headers are. */
export function flippedPictures(pictures: ReadonlyMap<string, Buffer>, count: number): Named[] {
  const random = createRandom(5, 'bit flips');
  const names = ['JPEG', 'progressive JPEG', 'PNG', '16-bit PNG', 'WebP', 'animated WebP', 'GIF', 'TIFF', 'AVIF'];
  return Array.from({ length: count }, (_, i) => {
    const name = names[i % names.length] ?? 'JPEG';
    const bytes = Buffer.from(pictures.get(name) ?? []);
    const reach = random.next() < 0.5 ? Math.min(200, bytes.length) : bytes.length;
    const flips = Array.from(
      { length: 1 + random.integer(8) },
      () => [random.integer(reach), random.integer(8)] as const,
    );
    for (const [at, bit] of flips) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    return [`${name} with bits ${flips.map((flip) => flip.join('.')).join(', ')} turned over`, bytes] as const;
  });
}
