// Huffman codes of a JPEG (ITU-T T.81 annex F) and the bits that they are read from. No Node imports: this also runs
// in a browser.
import { NotPlain } from './frame.ts';

const lookBits = 9;

/** A table as the decoder uses it. */
export interface HuffmanTable {
  /** By the next nine bits: (bits used << 8) | symbol; 0 for longer codes. */
  readonly look: Uint16Array;
  /** By code length: the first code that is too large, shifted to 16 bits, and what turns a code into an index. */
  readonly limits: Int32Array;
  readonly offsets: Int32Array;
  readonly symbols: Uint8Array;
}

/** `counts`: how many codes have 1 … 16 bits. Throws NotPlain when they do not fit. */
export function makeHuffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const look = new Uint16Array(1 << lookBits);
  const [limits, offsets] = [new Int32Array(18), new Int32Array(18)];
  let [code, index] = [0, 0];
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] ?? 0;
    offsets[length] = index - code;
    for (let i = 0; i < count; i++, code++, index++) {
      if (length > lookBits) continue;
      const first = code << (lookBits - length);
      look.fill((length << 8) | (symbols[index] ?? 0), first, first + (1 << (lookBits - length)));
    }
    if (code > 1 << length) throw new NotPlain('a Huffman table with too many codes');
    limits[length] = code << (16 - length);
    code <<= 1;
  }
  return { look, limits, offsets, symbols };
}

/** The bits of a scan, stuffed bytes taken out. Throws NotPlain when more are asked for than there are. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #buffer = 0;
  #bits = 0;
  /** Zero bits in the buffer that the file does not hold: a marker came before them. */
  #made = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** At least 16 bits in the buffer. */
  #fill(): void {
    while (this.#bits <= 16) {
      let byte = this.#bytes[this.#at] ?? 0xff;
      if (byte !== 0xff) this.#at++;
      else if (this.#bytes[this.#at + 1] === 0) this.#at += 2;
      else {
        byte = 0;
        this.#made += 8;
      }
      this.#buffer = ((this.#buffer << 8) | byte) & 0xffffff;
      this.#bits += 8;
    }
  }

  #take(count: number): void {
    this.#bits -= count;
    if (this.#bits < this.#made) throw new NotPlain('the data of a scan end too early');
  }

  /** The next `count` bits, 0 to 16. */
  read(count: number): number {
    if (count === 0) return 0;
    if (this.#bits < 16) this.#fill();
    const value = (this.#buffer >> (this.#bits - count)) & ((1 << count) - 1);
    this.#take(count);
    return value;
  }

  /** A number of `count` bits, the smaller half of which stands for negative ones (T.81, EXTEND). */
  readSigned(count: number): number {
    const value = this.read(count);
    return count > 0 && value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
  }

  symbol(table: HuffmanTable): number {
    if (this.#bits < 16) this.#fill();
    const known = table.look[(this.#buffer >> (this.#bits - lookBits)) & ((1 << lookBits) - 1)] ?? 0;
    if (known !== 0) {
      this.#take(known >> 8);
      return known & 0xff;
    }
    const next = (this.#buffer >> (this.#bits - 16)) & 0xffff;
    let length = lookBits + 1;
    while (length <= 16 && next >= (table.limits[length] ?? 0)) length++;
    if (length > 16) throw new NotPlain('a code that is in no table');
    this.#take(length);
    return table.symbols[(next >> (16 - length)) + (table.offsets[length] ?? 0)] ?? 0;
  }

  /** Goes past the restart marker with this number, 0 to 7. */
  restart(number: number): void {
    const { marker } = this.end();
    if (marker !== 0xd0 + number) throw new NotPlain('a restart marker is missing');
    this.#at += 2;
    this.#buffer = 0;
    this.#bits = 0;
    this.#made = 0;
  }

  /** Where the next marker stands, and which it is. Throws NotPlain when bytes are left before it. */
  end(): { readonly at: number; readonly marker: number } {
    if (this.#bits - this.#made >= 8) throw new NotPlain('bytes are left over in a scan');
    while (this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] === 0xff) this.#at++;
    const marker = this.#bytes[this.#at + 1] ?? 0;
    if (this.#bytes[this.#at] !== 0xff || marker === 0) throw new NotPlain('bytes are left over in a scan');
    return { at: this.#at, marker };
  }
}
