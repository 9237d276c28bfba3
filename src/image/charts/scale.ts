// Scales: numbers → pixels, with round ticks. Linear or logarithmic.

export interface Scale {
  /** Pixel position of a value. */
  readonly position: (value: number) => number;
  readonly ticks: readonly number[];
  readonly low: number;
  readonly high: number;
  /** A tick's label, all with as many decimals as the finest needs. */
  readonly format: (value: number) => string;
}

export interface ScaleOptions {
  readonly low: number;
  readonly high: number;
  /** Pixel positions of low and high. */
  readonly range: readonly [number, number];
  /** About how many ticks; 5 unless told. */
  readonly tickCount?: number;
  readonly logarithmic?: boolean;
  /** Show as per cent: 0.5 → 50 %. */
  readonly percent?: boolean;
  /** Only whole ticks (epochs, photos). */
  readonly whole?: boolean;
}

/** The 1, 2 or 5 × 10^k next above span / count. */
export function tickStep(span: number, count: number): number {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = raw / power;
  return (factor > 5 ? 10 : factor > 2 ? 5 : factor > 1 ? 2 : 1) * power;
}

/** Bounds of `values` widened to round numbers; [0, 1] when nothing is finite. */
export function roundBounds(values: Iterable<number>, options: { readonly fromZero?: boolean } = {}): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (options.fromZero === true) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  const step = tickStep(high - low, 5);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

/** A scale from `low` to `high`; both stay the ends, ticks are the round numbers between. */
export function createScale(options: ScaleOptions): Scale {
  return options.logarithmic === true && options.low > 0 ? logarithmicScale(options) : linearScale(options);
}

function linearScale(options: ScaleOptions): Scale {
  const { low, range, percent = false, whole = false } = options;
  const high = options.high > low ? options.high : low + 1;
  const [start, end] = range;
  const step = Math.max(tickStep(high - low, options.tickCount ?? 5), whole ? 1 : 0);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  const shown = percent ? step * 100 : step;
  const decimals = Math.max(0, -Math.floor(Math.log10(shown) + 1e-9));
  return {
    position: (value) => start + ((value - low) / (high - low)) * (end - start),
    ticks: Array.from({ length: count }, (_, i) => (first + i) * step),
    low,
    high,
    format: (value) =>
      percent ? `${(value * 100).toFixed(decimals)} %` : formatNumber(value, Math.min(decimals, 8), step < 1e-4),
  };
}

function logarithmicScale({ low, high, range }: ScaleOptions): Scale {
  const [start, end] = range;
  const [from, to] = [Math.log10(low), Math.log10(high > low ? high : low * 10)];
  const decades = Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, i) => 10 ** (Math.ceil(from) + i));
  const fine = [low, high];
  return {
    position: (value) => start + ((Math.log10(value) - from) / (to - from)) * (end - start),
    ticks: decades.length >= 2 ? decades : fine,
    low,
    high,
    format: (value) => formatNumber(value, value < 1 ? Math.min(6, Math.ceil(-Math.log10(value))) : 0, value < 1e-3),
  };
}

/** A plain number with thin thousands, or 3e-4 style where `exponent`. */
export function formatNumber(value: number, decimals: number, exponent = false): string {
  if (exponent && value !== 0) return value.toExponential(1).replace('.0e', 'e').replace('-', '−');
  const text = Math.abs(value).toFixed(decimals);
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u2009') : whole;
  const sign = value < 0 && Number(text) !== 0 ? '−' : '';
  return `${sign}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}
