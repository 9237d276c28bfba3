// The photos under check, column by column: about 60 bytes a photo and its path, whatever the pictures hold.
import type { SplitName } from '../manifest.ts';
import { splitNames } from '../manifest.ts';
import type { ScannedPhoto } from '../scan.ts';
import type { PhotoFacts } from './photo-facts.ts';

const hashBytes = 8;
const md5Bytes = 16;

/** Rows in the order in which photos are added. */
export class PhotoColumns {
  count = 0;
  totalBytes = 0;
  readonly classNames: readonly string[];
  #class = new Uint32Array(1024);
  /** 0: none, else the place in splitNames plus one. */
  #split = new Uint8Array(1024);
  #paths = Buffer.alloc(1 << 16);
  #pathEnds = new Float64Array(1024);
  #md5 = new Uint8Array(0);
  #hash = new Uint8Array(0);
  #hasMd5 = new Uint8Array(0);
  #hasHash = new Uint8Array(0);
  #width = new Uint32Array(0);
  #height = new Uint32Array(0);

  constructor(classNames: readonly string[]) {
    this.classNames = classNames;
  }

  add({ path, className, split, size }: ScannedPhoto): void {
    const row = this.count++;
    if (row === this.#class.length) {
      this.#class = grown(this.#class, new Uint32Array(2 * row));
      this.#split = grown(this.#split, new Uint8Array(2 * row));
      this.#pathEnds = grown(this.#pathEnds, new Float64Array(2 * row));
    }
    const bytes = Buffer.from(path);
    const start = row === 0 ? 0 : (this.#pathEnds[row - 1] ?? 0);
    while (start + bytes.length > this.#paths.length)
      this.#paths = grown(this.#paths, Buffer.alloc(2 * this.#paths.length));
    bytes.copy(this.#paths, start);
    this.#pathEnds[row] = start + bytes.length;
    this.#class[row] = this.classNames.indexOf(className);
    this.#split[row] = split === undefined ? 0 : splitNames.indexOf(split) + 1;
    this.totalBytes += size;
  }

  /** Called once, when all photos are added and before the first `setFacts`. */
  seal(): void {
    this.#md5 = new Uint8Array(md5Bytes * this.count);
    this.#hash = new Uint8Array(hashBytes * this.count);
    this.#hasMd5 = new Uint8Array(this.count);
    this.#hasHash = new Uint8Array(this.count);
    this.#width = new Uint32Array(this.count);
    this.#height = new Uint32Array(this.count);
  }

  setFacts(row: number, { md5, hash, info }: PhotoFacts): void {
    if (md5 !== undefined) {
      this.#md5.set(Buffer.from(md5, 'hex'), md5Bytes * row);
      this.#hasMd5[row] = 1;
    }
    if (hash !== undefined) {
      this.#hash.set(Buffer.from(hash, 'hex'), hashBytes * row);
      this.#hasHash[row] = 1;
    }
    this.#width[row] = info?.width ?? 0;
    this.#height[row] = info?.height ?? 0;
  }

  path(row: number): string {
    return this.#paths.toString('utf8', row === 0 ? 0 : this.#pathEnds[row - 1], this.#pathEnds[row]);
  }

  /** Place in classNames. */
  classOf(row: number): number {
    return this.#class[row] ?? 0;
  }

  splitOf(row: number): SplitName | undefined {
    return splitNames[(this.#split[row] ?? 0) - 1];
  }

  /** Side of a square as large as the photo, pixels; 0 where it is not known. */
  sidePx(row: number): number {
    return Math.sqrt((this.#width[row] ?? 0) * (this.#height[row] ?? 0));
  }

  /** 8 bytes a row. */
  get hashes(): Uint8Array {
    return this.#hash;
  }

  hasHash(row: number): boolean {
    return this.#hasHash[row] === 1;
  }

  /** Rows of byte-equal files, two and more each, rising; groups by their first row. */
  exactGroups(): number[][] {
    const words = new Uint32Array(this.#md5.buffer);
    const order = Uint32Array.from({ length: this.count }, (_, row) => row).filter((row) => this.#hasMd5[row] === 1);
    const compare = (a: number, b: number): number => {
      for (let i = 0; i < 4; i++) {
        const difference = (words[4 * a + i] ?? 0) - (words[4 * b + i] ?? 0);
        if (difference !== 0) return difference;
      }
      return 0;
    };
    order.sort((a, b) => compare(a, b) || a - b);
    const groups: number[][] = [];
    for (let at = 0; at < order.length;) {
      const first = order[at] ?? 0;
      let end = at + 1;
      while (end < order.length && compare(first, order[end] ?? 0) === 0) end += 1;
      if (end - at > 1) groups.push([...order.subarray(at, end)]);
      at = end;
    }
    return groups.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  }
}

function grown<Values extends Uint8Array | Uint32Array | Float64Array>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}
