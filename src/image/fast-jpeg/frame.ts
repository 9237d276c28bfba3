// What the decoder of this folder knows of a JPEG while it reads it. No Node imports: this also runs in a browser.

/** One colour plane of the picture as it is stored. */
export interface Component {
  readonly id: number;
  /** Sampling factors; the picture's are the largest of all components'. */
  readonly h: number;
  readonly v: number;
  readonly quantisation: number;
  /** Samples that belong to the picture. */
  readonly width: number;
  readonly height: number;
  /** Blocks that belong to the picture, and blocks stored for it, which fill whole units of all components. */
  readonly blocksWide: number;
  readonly blocksHigh: number;
  readonly storedWide: number;
  readonly storedHigh: number;
  /** 64 coefficients a block, rows of the block one after the other. */
  readonly coefficients: Int16Array;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly Component[];
  readonly maxH: number;
  readonly maxV: number;
}

/**
 * Something that this decoder does not do, or that libjpeg-turbo would warn of. The picture then goes to a general
 * decoder, here as in decode.ts.
 */
export class NotPlain extends Error {}

/** Where coefficient k of the zigzag order lies in a block; runs past the end stay at the last. */
export const naturalOrder = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
]);
