// Risk against coverage: how wrong a model is on the photos that it is surest of, and where it begins to abstain.
import { lineChart } from './line-chart.ts';

export interface CoverageChartOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Share of photos answered, and share of these that is wrong, by rising coverage; both in [0, 1]. */
  readonly points: readonly { readonly coverage: number; readonly error: number }[];
  /** Coverage at the threshold in use; undefined: everything is answered. */
  readonly chosenCoverage?: number;
}

/** The curve as an SVG document. */
export function coverageChart({
  title = 'Risk and coverage',
  subtitle,
  points,
  chosenCoverage,
}: CoverageChartOptions): string {
  const highest = Math.max(0.01, ...points.map(({ error }) => error));
  return lineChart({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    x: { label: 'share of the photos that get an answer', percent: true, low: 0, high: 1 },
    y: { label: 'share of the answers that is wrong', percent: true, low: 0, high: 1.1 * highest },
    series: [{ name: 'surest first', points: points.map(({ coverage, error }) => ({ x: coverage, y: error })) }],
    references:
      chosenCoverage === undefined
        ? []
        : [
            {
              label: 'answered',
              from: { x: chosenCoverage, y: 0 },
              to: { x: chosenCoverage, y: 1.1 * highest },
              labelAt: 0.8,
            },
          ],
  });
}
