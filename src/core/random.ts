// Seeded random numbers: sfc32 (Chris Doty-Humphrey, PractRand), seeded from a hash of seed and scope, so that two
// parts of a run never share a stream and adding a draw in one does not move another.
import { createHash } from 'node:crypto';

/** The four 32-bit words of a generator: enough to go on exactly where it stood. */
export type RandomState = readonly [number, number, number, number];

/** A deterministic stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** Uniform integer in [0, count). */
  integer(count: number): number;
  /** Standard normal (Box–Muller; one of the pair is dropped so that the state stays four words). */
  normal(): number;
  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T extends unknown[] | Uint32Array | Int32Array>(items: T): T;
  state(): RandomState;
}

/** A generator for `scope` under `seed`: equal arguments give equal streams, on every machine. */
export function createRandom(seed: number | string, ...scope: readonly (number | string)[]): Random {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...scope]))
    .digest();
  return randomFromState([digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)]);
}

/** The generator that continues from a state taken by `state()`. */
export function randomFromState(state: RandomState): Random {
  let [a, b, c, d] = state;
  const nextUint32 = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  const next = (): number => nextUint32() / 4294967296;
  const integer = (count: number): number => Math.floor(next() * count);
  return {
    next,
    integer,
    uniform: (low, high) => low + (high - low) * next(),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const swapped = items[i];
        items[i] = items[j];
        items[j] = swapped;
      }
      return items;
    },
    state: () => [a, b, c, d],
  };
}
