// The clock of spans: epoch time with fractions of a millisecond. Date.now() has none, and the monotonic clock stands
// still while a machine sleeps; so the latter, set right whenever they part.

/** Epoch milliseconds, with fractions. */
export type SpanClock = () => number;

/** Adjustments of the wall clock below this are drift that a trace of milliseconds should not show. */
const maxDifferenceMs = 1000;

/** `wall` gives epoch milliseconds, `monotonic` milliseconds from anywhere. */
export function createSpanClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): SpanClock {
  let offset = wall() - monotonic();
  return () => {
    const difference = wall() - (monotonic() + offset);
    if (Math.abs(difference) > maxDifferenceMs) offset += difference;
    return monotonic() + offset;
  };
}
