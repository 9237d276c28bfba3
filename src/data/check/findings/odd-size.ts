// Photos that are much larger or smaller than the others.
import type { OutlierFinding } from './finding.ts';

/** With fewer photos there is no usual size to differ from. */
const fewestPhotos = 10;

export const oddSize: OutlierFinding<'odd-size'> = {
  id: 'odd-size',
  severity: 'info',
  title: 'odd size',
  explanation: 'Much larger or smaller than most: often from another source than the rest.',
  threshold: { value: 5, meaning: 'times as long (or as short) a side as the median photo; flagged when more' },
  shows: 'outliers',
  judge: ({ count, sidePx }, threshold) => {
    const sides = Float64Array.from({ length: count }, (_, row) => sidePx(row));
    const known = sides.filter((side) => side > 0).sort();
    const median = known[known.length >> 1] ?? 0;
    if (known.length < fewestPhotos || median === 0) return [];
    return Array.from(sides).flatMap((side, row) => {
      const factor = side > median ? side / median : median / side;
      if (side === 0 || factor <= threshold) return [];
      const detail = `${factor.toFixed(1)} × ${side > median ? 'longer' : 'shorter'} than the median of ${Math.round(median)} px`;
      return [{ row, score: factor, detail }];
    });
  },
};
