// Folders of small JPEGs for tests: smooth random blots, each unlike the others, the same for the same seed.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../src/core/index.ts';

/** One JPEG of `sizePx` × `sizePx` pixels. */
export async function makeBlotPhoto(seed: string, sizePx = 80): Promise<Buffer> {
  const random = createRandom(seed);
  const blots = Uint8Array.from({ length: 8 * 8 * 3 }, () => random.integer(256));
  return sharp(blots, { raw: { width: 8, height: 8, channels: 3 } })
    .resize(sizePx, sizePx, { kernel: 'cubic' })
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** Writes `count` photos to each of `folders` (such as train/cats) below `directory`. */
export async function makePhotoFolder(directory: string, folders: readonly string[], count: number): Promise<void> {
  for (const folder of folders)
    for (let i = 0; i < count; i++)
      await writePhoto(
        join(directory, folder, `${String(i).padStart(4, '0')}.jpg`),
        await makeBlotPhoto(`${folder}/${i}`),
      );
}

export async function writePhoto(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
