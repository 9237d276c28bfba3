// The confusion matrix: a row a true class, a column a prediction; counts and each row's percentages, shaded by these.
import { chartDocument, chartPaddingPx } from './document.ts';
import { gridColour, ink, inkOn, mutedInk, shade } from './palette.ts';
import { formatNumber } from './scale.ts';
import { element } from './svg.ts';
import { drawText, fitText, measureText } from './text.ts';

export interface ConfusionMatrixChartOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** In label order. */
  readonly classNames: readonly string[];
  /** `matrix[actual][predicted]` is a count. */
  readonly matrix: readonly (readonly number[])[];
}

/** Sizes that follow from the number of classes: large cells for few, a readable picture for a hundred. */
function layout(classNames: readonly string[]): {
  readonly cellPx: number;
  readonly nameSizePx: number;
  readonly nameRoomPx: number;
  readonly slanted: boolean;
} {
  const count = Math.max(1, classNames.length);
  const cellPx = Math.max(9, Math.min(132, Math.round(680 / (count + 2))));
  const nameSizePx = Math.max(8, Math.min(14, cellPx * 0.9));
  const widest = Math.max(20, ...classNames.map((name) => measureText(name, nameSizePx)));
  const nameRoomPx = Math.min(widest, 150) + 12;
  return { cellPx, nameSizePx, nameRoomPx, slanted: widest > cellPx - 6 };
}

function drawCell(
  share: number,
  count: number,
  at: { readonly x: number; readonly y: number; readonly cellPx: number },
): string {
  const { x, y, cellPx } = at;
  const colour = Number.isFinite(share) ? shade(share) : '#ffffff';
  const fill = inkOn(colour);
  const square = element('rect', { x, y, width: cellPx, height: cellPx, fill: colour, stroke: gridColour });
  const label = formatNumber(count, 0);
  const size = Math.min(22, cellPx * 0.34);
  if (size < 7.5 || measureText(label, size) > cellPx - 2) return square;
  const centre = { x: x + cellPx / 2, anchor: 'middle', fill } as const;
  if (cellPx < 48) return square + drawText(label, { ...centre, y: y + cellPx / 2 + size * 0.36, sizePx: size });
  const percent = Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–';
  return (
    square +
    drawText(label, { ...centre, y: y + cellPx / 2 + 1, sizePx: size, bold: true }) +
    drawText(percent, { ...centre, y: y + cellPx / 2 + size * 0.95, sizePx: Math.min(14, size * 0.68) })
  );
}

function drawShadeKey(x: number, y: number, widthPx: number): string {
  const steps = 40;
  const bars = Array.from({ length: steps }, (_, i) =>
    element('rect', {
      x: x + (i * widthPx) / steps,
      y,
      width: widthPx / steps + 0.5,
      height: 9,
      fill: shade((i + 0.5) / steps),
    }),
  );
  const style = { y: y + 24, sizePx: 11, fill: mutedInk } as const;
  return (
    bars.join('') +
    element('rect', { x, y, width: widthPx, height: 9, fill: 'none', stroke: gridColour }) +
    drawText('0 %', { ...style, x }) +
    drawText("share of the row's photos", { ...style, x: x + widthPx / 2, anchor: 'middle' }) +
    drawText('100 %', { ...style, x: x + widthPx, anchor: 'end' })
  );
}

/** The confusion matrix as an SVG document; any number of classes. */
export function confusionMatrixChart(options: ConfusionMatrixChartOptions): string {
  const { title = 'Confusion matrix', classNames, matrix } = options;
  const { cellPx, nameSizePx, nameRoomPx, slanted } = layout(classNames);
  const sidePx = cellPx * classNames.length;
  const left = chartPaddingPx + 24 + nameRoomPx;
  const angle = cellPx < 16 ? -90 : -45;
  const top = 30 + (slanted ? nameRoomPx * Math.sin((-angle * Math.PI) / 180) + 8 : nameSizePx + 8);
  const name = (label: number): string => fitText(classNames[label] ?? '', nameSizePx, 150);
  const rows = matrix.map((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const y = top + actual * cellPx;
    const cells = row.map((count, predicted) =>
      drawCell(total === 0 ? NaN : count / total, count, { x: left + predicted * cellPx, y, cellPx }),
    );
    return (
      cells.join('') +
      drawText(name(actual), {
        x: left - 8,
        y: y + cellPx / 2 + nameSizePx * 0.35,
        sizePx: nameSizePx,
        anchor: 'end',
        fill: ink,
      }) +
      (cellPx < 14
        ? ''
        : drawText(`n = ${formatNumber(total, 0)}`, {
            x: left + sidePx + 8,
            y: y + cellPx / 2 + 4,
            sizePx: Math.min(12, nameSizePx),
            fill: mutedInk,
          }))
    );
  });
  const columns = classNames.map((_, predicted) => {
    const x = left + (predicted + 0.5) * cellPx;
    return slanted
      ? drawText(name(predicted), { x: x + nameSizePx * 0.3, y: top - 7, sizePx: nameSizePx, rotate: angle })
      : drawText(name(predicted), { x, y: top - 8, sizePx: nameSizePx, anchor: 'middle' });
  });
  const diagonal = classNames.map((_, i) =>
    element('rect', {
      x: left + i * cellPx,
      y: top + i * cellPx,
      width: cellPx,
      height: cellPx,
      fill: 'none',
      stroke: ink,
      'stroke-width': cellPx < 20 ? 0.8 : 1.6,
    }),
  );
  const correct = matrix.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const total = matrix.flat().reduce((sum, count) => sum + count, 0);
  const key = Math.min(sidePx, 260);
  const widthPx = Math.max(left + sidePx + 80 + (slanted ? nameRoomPx * 0.5 : 0), 420);
  return chartDocument({
    title,
    subtitle:
      options.subtitle ??
      `${formatNumber(correct, 0)} of ${formatNumber(total, 0)} photos right; framed: right answers`,
    widthPx: Math.ceil(widthPx),
    contentHeightPx: top + sidePx + 58,
    description: matrix
      .map(
        (row, i) =>
          `${classNames[i] ?? ''}: ${row.map((count, j) => `${count} taken for ${classNames[j] ?? ''}`).join(', ')}`,
      )
      .join('; '),
    content:
      drawText('predicted class', { x: left + sidePx / 2, y: 20, sizePx: 13, anchor: 'middle', fill: mutedInk }) +
      drawText('true class', {
        x: chartPaddingPx + 12,
        y: top + sidePx / 2,
        sizePx: 13,
        anchor: 'middle',
        rotate: -90,
        fill: mutedInk,
      }) +
      columns.join('') +
      rows.join('') +
      diagonal.join('') +
      drawShadeKey(left + (sidePx - key) / 2, top + sidePx + 16, key),
  });
}
