// The grain of fur, cloth and film: one fixed tile of normal noise that every picture reads from its own places.
import { createRandom } from '../../core/index.ts';

function makeTile(): Float32Array {
  const random = createRandom('grain');
  // Rounded: logarithms and cosines may differ in their last bits between machines.
  return Float32Array.from({ length: 64 * 64 }, () => Math.round(random.normal() * 256) / 256);
}

/** 64 × 64 standard normal numbers, multiples of 1/256. */
export const grainTile: Float32Array = makeTile();
