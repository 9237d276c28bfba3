// Overlays of many photos in one folder: who explains them, and what each file is called.
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { asPawprintError, writeFileAtomic } from '../core/index.ts';
import type { Explainer, PhotoInput } from '../inference/index.ts';

/**
 * A function from a photo's path to its overlay's file name: `a/cat.1.jpg` → `cat.1.png`, and `cat.1-2.png` when that
 * name was given already (compared without regard to case, as some file systems do). The same order, the same names.
 */
export function createOverlayNames(): (photo: string) => string {
  const taken = new Set<string>();
  return (photo) => {
    const stem = photo === '-' ? 'stdin' : basename(photo, extname(photo));
    let name = `${stem}.png`;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${stem}-${count}.png`;
    taken.add(name.toLowerCase());
    return name;
  };
}

/** The bytes of a photo as typed; throws what is wrong with it. */
export async function readInput(input: PhotoInput): Promise<Uint8Array> {
  if ('error' in input) throw input.error;
  if ('bytes' in input) return input.bytes;
  try {
    return await readFile(input.path);
  } catch (error) {
    throw asPawprintError(error, `reading ${input.name}`);
  }
}

export interface OverlayFolder {
  /** Writes the overlay of a photo for the class that was predicted; returns its path. */
  write(input: PhotoInput, labelIndex: number): Promise<string>;
  close(): Promise<void>;
}

/** A folder (made when the first overlay is written) that takes the explainer over. */
export function createOverlayFolder(explainer: Explainer, folder: string): OverlayFolder {
  const nameOverlay = createOverlayNames();
  return {
    write: async (input, labelIndex) => {
      const explained = await explainer.explainPhoto(await readInput(input), { labelIndex });
      const path = join(folder, nameOverlay(input.name));
      await writeFileAtomic(path, await explained.overlay());
      return path;
    },
    close: () => explainer.close(),
  };
}
