// Limited-memory BFGS (Nocedal & Wright, Numerical Optimization, algorithm 7.4) for many smooth convex problems in step:
// one call gives the gradients of all that still move. Along a line the slope of a convex function only rises, so the
// line search looks at slopes alone and never at losses, whose float32 rounding would stop it early.

/** Pairs of steps and gradient changes that are remembered. */
const memory = 10;
/** A step is taken when −0.9·|slope| ≤ slope there ≤ 0.5·|slope|, |slope| being the one at its start. */
const [flattest, steepest] = [0.9, 0.5];
const maxTrials = 40;

export interface MinimiseOptions {
  /** Where each problem starts; moved in place to its minimum. */
  readonly points: readonly Float64Array[];
  /** Writes the gradients of the problems `indices` at `points` into `gradients`, all in the same order. */
  readonly gradients: (
    indices: readonly number[],
    points: readonly Float64Array[],
    gradients: readonly Float64Array[],
  ) => Promise<void>;
  /** A problem is done when no component of its gradient is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

export interface Minimum {
  /** Largest component of the gradient at the point. */
  readonly gradientNorm: number;
  /** Steps taken. */
  readonly iterations: number;
}

/** Minimises every problem; `points` hold the minima. */
export async function minimise(options: MinimiseOptions): Promise<Minimum[]> {
  const searches = options.points.map((point, index) => createSearch(point, index));
  await evaluate(options, searches, 'start');
  for (const search of searches) begin(search, options);
  for (;;) {
    const moving = searches.filter((search) => !search.done);
    if (moving.length === 0) break;
    await evaluate(options, moving, 'trial');
    for (const search of moving) advance(search, options);
  }
  return searches.map(({ gradient, iterations }) => ({ gradientNorm: largest(gradient), iterations }));
}

/** One problem's search: where it stands, which way it looks, and the bracket of the step length. */
interface Search {
  readonly index: number;
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly direction: Float64Array;
  readonly trial: Float64Array;
  readonly trialGradient: Float64Array;
  readonly pairs: Pair[];
  iterations: number;
  done: boolean;
  /** Slope along the direction at the start of the line. */
  slope: number;
  length: number;
  low: Bound;
  high: Bound | undefined;
  trials: number;
}

interface Bound {
  readonly length: number;
  readonly slope: number;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** step · change. */
  readonly product: number;
}

function createSearch(point: Float64Array, index: number): Search {
  const empty = (): Float64Array => new Float64Array(point.length);
  return {
    index,
    point,
    gradient: empty(),
    direction: empty(),
    trial: empty(),
    trialGradient: empty(),
    pairs: [],
    iterations: 0,
    done: false,
    slope: 0,
    length: 1,
    low: { length: 0, slope: 0 },
    high: undefined,
    trials: 0,
  };
}

async function evaluate(options: MinimiseOptions, searches: readonly Search[], at: 'start' | 'trial'): Promise<void> {
  await options.gradients(
    searches.map(({ index }) => index),
    searches.map(({ point, trial }) => (at === 'start' ? point : trial)),
    searches.map(({ gradient, trialGradient }) => (at === 'start' ? gradient : trialGradient)),
  );
}

/** Chooses a direction and the first step length along it, or ends the search. */
function begin(search: Search, { tolerance, maxIterations }: MinimiseOptions): void {
  if (largest(search.gradient) <= tolerance || search.iterations >= maxIterations) {
    search.done = true;
    return;
  }
  setDirection(search);
  search.slope = dot(search.gradient, search.direction);
  if (!(search.slope < 0)) {
    search.pairs.length = 0;
    setDirection(search);
    search.slope = dot(search.gradient, search.direction);
  }
  search.low = { length: 0, slope: search.slope };
  search.high = undefined;
  search.trials = 0;
  search.length = search.pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-search.slope)) : 1;
  setTrial(search);
}

/** Judges the trial point: takes it and begins anew, or narrows the bracket and tries another length. */
function advance(search: Search, options: MinimiseOptions): void {
  const slope = dot(search.trialGradient, search.direction);
  const start = Math.abs(search.slope);
  if (slope >= -flattest * start && slope <= steepest * start) {
    take(search);
    begin(search, options);
    return;
  }
  if (slope < 0) search.low = { length: search.length, slope };
  else search.high = { length: search.length, slope };
  if (++search.trials >= maxTrials) {
    giveUp(search, options);
    return;
  }
  search.length = nextLength(search);
  setTrial(search);
}

/** Starts again along the gradient; where that was tried already, rounding allows no better point. */
function giveUp(search: Search, options: MinimiseOptions): void {
  if (search.pairs.length === 0) {
    search.done = true;
    return;
  }
  search.pairs.length = 0;
  begin(search, options);
}

/** Outwards tenfold; in a bracket by turns the zero of the line through its two slopes, and its middle. */
function nextLength({ low, high, length, trials }: Search): number {
  if (high === undefined) return length * 10;
  const share = trials % 2 === 1 ? low.slope / (low.slope - high.slope) : 0.5;
  return low.length + (high.length - low.length) * Math.min(0.9, Math.max(0.1, share));
}

function setTrial({ point, direction, trial, length }: Search): void {
  for (let j = 0; j < point.length; j++) trial[j] = (point[j] ?? 0) + length * (direction[j] ?? 0);
}

/** Moves to the trial point and remembers the way there. */
function take(search: Search): void {
  const { point, gradient, trial, trialGradient, pairs } = search;
  const recycled = pairs.length === memory ? pairs.shift() : undefined;
  const step = recycled?.step ?? new Float64Array(point.length);
  const change = recycled?.change ?? new Float64Array(point.length);
  for (let j = 0; j < point.length; j++) {
    step[j] = (trial[j] ?? 0) - (point[j] ?? 0);
    change[j] = (trialGradient[j] ?? 0) - (gradient[j] ?? 0);
  }
  const product = dot(step, change);
  if (product > 0) pairs.push({ step, change, product });
  point.set(trial);
  gradient.set(trialGradient);
  search.iterations++;
}

/** direction = −H·gradient by the two-loop recursion; H starts as (s·y / y·y)·I. */
function setDirection({ gradient, direction, pairs }: Search): void {
  for (let j = 0; j < direction.length; j++) direction[j] = -(gradient[j] ?? 0);
  const last = pairs.at(-1);
  if (last === undefined) return;
  const factors: number[] = [];
  for (const { step, change, product } of pairs.toReversed()) {
    const factor = dot(step, direction) / product;
    addScaled(direction, change, -factor);
    factors.unshift(factor);
  }
  const scale = last.product / dot(last.change, last.change);
  for (let j = 0; j < direction.length; j++) direction[j] = (direction[j] ?? 0) * scale;
  pairs.forEach(({ step, change, product }, i) => {
    addScaled(direction, step, (factors[i] ?? 0) - dot(change, direction) / product);
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] ?? 0) * (b[j] ?? 0);
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let j = 0; j < target.length; j++) target[j] = (target[j] ?? 0) + factor * (source[j] ?? 0);
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
