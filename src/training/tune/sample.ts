// Drawing a trial's values: random search (Bergstra & Bengio 2012). Trial i under a seed has the same values whatever
// was drawn before it, and a parameter's values do not move when another one joins the search.
import { createRandom } from '../../core/index.ts';
import type { IntervalRange, SearchRange } from './space.ts';

/** Values by dotted name. */
export type TrialValues = Readonly<Record<string, unknown>>;

/** The values of trial `trial` (1-based): a function of seed, trial and ranges alone. */
export function sampleTrial(ranges: readonly SearchRange[], seed: number, trial: number): TrialValues {
  const values: Record<string, unknown> = {};
  for (const range of ranges) {
    const random = createRandom(seed, 'tune', trial, range.name);
    values[range.name] =
      range.form === 'list' ? range.values[random.integer(range.values.length)] : within(range, random.next());
  }
  return values;
}

/** The value at the share `u` in [0, 1) of an interval, rounded so that what a table shows is what was used. */
function within({ min, max, scale, whole }: IntervalRange, u: number): number {
  // Whole numbers: each of min … max has an equal part of [min, max + 1), or of its logarithm.
  const end = whole ? max + 1 : max;
  const exact = scale === 'log' ? min * (end / min) ** u : min + (end - min) * u;
  const rounded = whole ? Math.floor(exact) : scale === 'log' ? Number(exact.toPrecision(4)) : toStep(exact, max - min);
  return Math.min(max, Math.max(min, rounded));
}

/** Rounds to a thousandth of `span`, at least. */
function toStep(value: number, span: number): number {
  return Number(value.toFixed(Math.min(100, Math.max(0, 3 - Math.floor(Math.log10(span))))));
}
