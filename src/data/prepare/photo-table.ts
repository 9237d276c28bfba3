// The photos under preparation, column by column: about 120 bytes a photo with its path, so that a hundred thousand
// of them are no weight. Rows are in the order of their paths' UTF-8 bytes, whatever order the folder gave them in.
import { splitNames, type SplitName } from '../manifest.ts';

/** What listing the folder tells of a photo. */
export interface ListedPhoto {
  /** Relative to the source folder, `/` between folders. */
  readonly path: string;
  readonly label: number;
  /** undefined: the folder does not say. */
  readonly split: SplitName | undefined;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** What decoding tells of it. `file` and `slot` say where its record lies: record number `slot` of record file `file`. */
export interface DecodedPhoto {
  /** 32 hexadecimal digits. */
  readonly md5: string;
  /** Perceptual hash, 16 hexadecimal digits. */
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  /** Bytes of the file, as read. */
  readonly sizeBytes: number;
  readonly file: number;
  readonly slot: number;
}

export const photoStates = { pending: 0, good: 1, bad: 2 } as const;

/** A split as a byte: 0 none, then the place in splitNames plus one. */
export function splitCode(split: SplitName | undefined): number {
  return split === undefined ? 0 : splitNames.indexOf(split) + 1;
}

/** Columns of `count` photos; see the header. Made by PhotoTableBuilder. */
export class PhotoTable {
  readonly count: number;
  readonly label: Uint8Array;
  /** The split that the folder gives, as a splitCode. */
  readonly givenSplit: Uint8Array;
  /** float64: a file may be larger than 4 GB. */
  readonly sizeBytes: Float64Array;
  readonly mtimeMs: Float64Array;
  /** One of photoStates. */
  readonly state: Uint8Array;
  /** 16 bytes a photo. */
  readonly md5: Uint8Array;
  /** 8 bytes a photo. */
  readonly hash: Uint8Array;
  readonly width: Uint32Array;
  readonly height: Uint32Array;
  readonly file: Uint32Array;
  readonly slot: Uint32Array;
  readonly #paths: Buffer;
  readonly #pathEnds: Float64Array;

  constructor(builder: PhotoTableBuilder) {
    const order = builder.sortedOrder();
    this.count = order.length;
    this.label = Uint8Array.from(order, (i) => builder.label[i] ?? 0);
    this.givenSplit = Uint8Array.from(order, (i) => builder.split[i] ?? 0);
    this.sizeBytes = Float64Array.from(order, (i) => builder.sizeBytes[i] ?? 0);
    this.mtimeMs = Float64Array.from(order, (i) => builder.mtimeMs[i] ?? 0);
    this.state = new Uint8Array(this.count);
    this.md5 = new Uint8Array(16 * this.count);
    this.hash = new Uint8Array(8 * this.count);
    this.width = new Uint32Array(this.count);
    this.height = new Uint32Array(this.count);
    this.file = new Uint32Array(this.count);
    this.slot = new Uint32Array(this.count);
    this.#paths = Buffer.alloc(builder.pathBytesLength);
    this.#pathEnds = new Float64Array(this.count);
    let end = 0;
    order.forEach((from, i) => {
      end += builder.pathBytes(from).copy(this.#paths, end);
      this.#pathEnds[i] = end;
    });
  }

  pathBytes(index: number): Buffer {
    return this.#paths.subarray(index === 0 ? 0 : this.#pathEnds[index - 1], this.#pathEnds[index]);
  }

  path(index: number): string {
    return this.pathBytes(index).toString();
  }

  /** 32 hexadecimal digits. */
  md5Hex(index: number): string {
    return Buffer.from(this.md5.buffer, 16 * index, 16).toString('hex');
  }

  isGood(index: number): boolean {
    return this.state[index] === photoStates.good;
  }

  /** The row of `path`, or -1. */
  find(path: string): number {
    const wanted = Buffer.from(path);
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const compared = Buffer.compare(this.pathBytes(middle), wanted);
      if (compared === 0) return middle;
      if (compared < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  setGood(index: number, photo: DecodedPhoto): void {
    this.state[index] = photoStates.good;
    this.md5.set(Buffer.from(photo.md5, 'hex'), 16 * index);
    this.hash.set(Buffer.from(photo.hash, 'hex'), 8 * index);
    this.sizeBytes[index] = photo.sizeBytes;
    this.width[index] = photo.width;
    this.height[index] = photo.height;
    this.file[index] = photo.file;
    this.slot[index] = photo.slot;
  }

  setBad(index: number): void {
    this.state[index] = photoStates.bad;
  }

  /** Rows of the photos that were decoded, in order. */
  *goodRows(): Generator<number> {
    for (let i = 0; i < this.count; i++) if (this.state[i] === photoStates.good) yield i;
  }

  countPending(): number {
    return this.state.reduce((count, state) => (state === photoStates.pending ? count + 1 : count), 0);
  }

  /** Rows still to be decoded, in order. */
  *pendingRows(): Generator<number> {
    for (let i = 0; i < this.count; i++) if (this.state[i] === photoStates.pending) yield i;
  }
}

/** Takes photos in any order; `build` sorts them. */
export class PhotoTableBuilder {
  readonly label: number[] = [];
  readonly split: number[] = [];
  readonly sizeBytes: number[] = [];
  readonly mtimeMs: number[] = [];
  readonly #pathEnds: number[] = [];
  #paths = Buffer.alloc(1 << 16);

  get count(): number {
    return this.#pathEnds.length;
  }

  get pathBytesLength(): number {
    return this.#pathEnds.at(-1) ?? 0;
  }

  add(photo: ListedPhoto): void {
    const path = Buffer.from(photo.path);
    const end = this.pathBytesLength + path.length;
    if (end > this.#paths.length) {
      const larger = Buffer.alloc(Math.max(end, 2 * this.#paths.length));
      this.#paths.copy(larger);
      this.#paths = larger;
    }
    path.copy(this.#paths, this.pathBytesLength);
    this.#pathEnds.push(end);
    this.label.push(photo.label);
    this.split.push(splitCode(photo.split));
    this.sizeBytes.push(photo.sizeBytes);
    this.mtimeMs.push(photo.mtimeMs);
  }

  /** Replaces label l by labels[l] everywhere. */
  relabel(labels: readonly number[]): void {
    this.label.forEach((label, photo) => (this.label[photo] = labels[label] ?? label));
  }

  pathBytes(index: number): Buffer {
    return this.#paths.subarray(index === 0 ? 0 : this.#pathEnds[index - 1], this.#pathEnds[index]);
  }

  sortedOrder(): Uint32Array {
    const order = Uint32Array.from({ length: this.count }, (_, i) => i);
    const compare = (a: number, b: number): number => Buffer.compare(this.pathBytes(a), this.pathBytes(b));
    const sorted = order.every((i) => i === 0 || compare(i - 1, i) <= 0);
    return sorted ? order : order.sort(compare);
  }
}
