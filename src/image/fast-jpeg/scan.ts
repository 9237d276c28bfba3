// One scan of a JPEG into the coefficients of its components: sequential (T.81 annex F) and progressive (annex G).
// No Node imports: this also runs in a browser.
import { type Component, type Frame, naturalOrder, NotPlain } from './frame.ts';
import { BitReader, type HuffmanTable } from './huffman.ts';

export interface ScanComponent {
  readonly component: Component;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
}

export interface Scan {
  readonly components: readonly ScanComponent[];
  /** Coefficients of the zigzag order that the scan gives, and the bit of them before it and after it. */
  readonly first: number;
  readonly last: number;
  readonly high: number;
  readonly low: number;
  /** Units between restart markers; 0: none. */
  readonly restartInterval: number;
  /** Byte where the data begin. */
  readonly at: number;
}

/** What one block is read with. `at` is where its coefficients begin. */
type BlockReader = (part: ScanComponent, index: number, at: number) => void;

/** Reads a scan; returns the byte of the marker behind it. Throws NotPlain. */
export function readScan(bytes: Uint8Array, frame: Frame, scan: Scan): number {
  const reader = new BitReader(bytes, scan.at);
  const state = { predictions: scan.components.map(() => 0), endOfBands: 0 };
  const readBlock = frame.progressive ? progressive(reader, scan, state) : sequential(reader, state);
  let untilRestart = scan.restartInterval;
  let restarts = 0;
  const beforeUnit = (): void => {
    if (scan.restartInterval === 0) return;
    if (untilRestart === 0) {
      reader.restart(restarts++ % 8);
      state.predictions.fill(0);
      state.endOfBands = 0;
      untilRestart = scan.restartInterval;
    }
    untilRestart--;
  };
  const [only] = scan.components;
  if (scan.components.length === 1 && only !== undefined) {
    const { blocksWide, blocksHigh, storedWide } = only.component;
    for (let y = 0; y < blocksHigh; y++)
      for (let x = 0; x < blocksWide; x++) {
        beforeUnit();
        readBlock(only, 0, (y * storedWide + x) * 64);
      }
  } else {
    const [unitsWide, unitsHigh] = [
      Math.ceil(frame.width / (8 * frame.maxH)),
      Math.ceil(frame.height / (8 * frame.maxV)),
    ];
    for (let y = 0; y < unitsHigh; y++)
      for (let x = 0; x < unitsWide; x++) {
        beforeUnit();
        scan.components.forEach((part, index) => {
          const { h, v, storedWide } = part.component;
          for (let row = 0; row < v; row++)
            for (let column = 0; column < h; column++)
              readBlock(part, index, ((y * v + row) * storedWide + x * h + column) * 64);
        });
      }
  }
  return reader.end().at;
}

interface ScanState {
  readonly predictions: number[];
  /** Blocks to come whose band is empty. */
  endOfBands: number;
}

function needed(table: HuffmanTable | undefined): HuffmanTable {
  if (table === undefined) throw new NotPlain('a Huffman table is missing');
  return table;
}

function nextPrediction(reader: BitReader, table: HuffmanTable | undefined, state: ScanState, index: number): number {
  const prediction = (state.predictions[index] ?? 0) + reader.readSigned(reader.symbol(needed(table)));
  state.predictions[index] = prediction;
  return prediction;
}

function sequential(reader: BitReader, state: ScanState): BlockReader {
  return ({ component: { coefficients }, dc, ac }, index, at) => {
    coefficients[at] = nextPrediction(reader, dc, state, index);
    const table = needed(ac);
    for (let k = 1; k < 64; k++) {
      const symbol = reader.symbol(table);
      const [run, size] = [symbol >> 4, symbol & 15];
      if (size === 0 && run !== 15) return;
      k += run;
      if (size > 0) coefficients[at + (naturalOrder[k] ?? 63)] = reader.readSigned(size);
    }
  };
}

function progressive(reader: BitReader, scan: Scan, state: ScanState): BlockReader {
  const { first, last, high, low } = scan;
  if (first === 0)
    return high === 0
      ? ({ component: { coefficients }, dc }, index, at) => {
          coefficients[at] = nextPrediction(reader, dc, state, index) << low;
        }
      : ({ component: { coefficients } }, _, at) => {
          if (reader.read(1) === 1) coefficients[at] = (coefficients[at] ?? 0) | (1 << low);
        };
  return high === 0
    ? ({ component: { coefficients }, ac }, _, at) => {
        readBand({ reader, table: needed(ac), first, last, low, state }, coefficients, at);
      }
    : ({ component: { coefficients }, ac }, _, at) => {
        refineBand({ reader, table: needed(ac), first, last, low, state }, coefficients, at);
      };
}

interface Band {
  readonly reader: BitReader;
  readonly table: HuffmanTable;
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly state: ScanState;
}

function readBand({ reader, table, first, last, low, state }: Band, coefficients: Int16Array, at: number): void {
  if (state.endOfBands > 0) {
    state.endOfBands--;
    return;
  }
  for (let k = first; k <= last; k++) {
    const symbol = reader.symbol(table);
    const [run, size] = [symbol >> 4, symbol & 15];
    if (size === 0 && run !== 15) {
      state.endOfBands = (1 << run) - 1 + reader.read(run);
      return;
    }
    k += run;
    if (size > 0) coefficients[at + (naturalOrder[k] ?? 63)] = reader.readSigned(size) << low;
  }
}

/** One more bit of each coefficient that is not zero, and the coefficients that become it (T.81, G.1.2.3). */
function refineBand({ reader, table, first, last, low, state }: Band, coefficients: Int16Array, at: number): void {
  const bit = 1 << low;
  const refine = (place: number): void => {
    const value = coefficients[place] ?? 0;
    if (reader.read(1) === 1 && (value & bit) === 0) coefficients[place] = value + (value >= 0 ? bit : -bit);
  };
  let k = first;
  while (state.endOfBands === 0 && k <= last) {
    const symbol = reader.symbol(table);
    let [run, size] = [symbol >> 4, symbol & 15];
    let fresh = 0;
    if (size > 0) fresh = reader.read(1) === 1 ? bit : -bit;
    else if (run !== 15) {
      state.endOfBands = (1 << run) + reader.read(run);
      break;
    }
    for (; k <= last; k++) {
      const place = at + (naturalOrder[k] ?? 63);
      if (coefficients[place] !== 0) refine(place);
      else if (run-- === 0) {
        if (fresh !== 0) coefficients[place] = fresh;
        k++;
        break;
      }
    }
    size = 0;
  }
  if (state.endOfBands === 0) return;
  for (; k <= last; k++) {
    const place = at + (naturalOrder[k] ?? 63);
    if (coefficients[place] !== 0) refine(place);
  }
  state.endOfBands--;
}
