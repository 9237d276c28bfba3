// npm run picture: docs/images/quickstart.png, out of what the last `npm run quickstart` left: drawn test pictures, the
// confusion matrix and the learning curves.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp, { type OverlayOptions } from 'sharp';
import { root } from './run-step.ts';

const quickstart = {
  raw: 'data/quickstart/raw',
  prepared: 'data/quickstart/prepared',
  report: 'reports/quickstart/evaluation',
};
const widthPx = 1440;
const tilesInRow = 10;
const tilePx = widthPx / tilesInRow;
const chartHeightPx = 560;

/** The first test pictures of each class, one row a class. */
async function drawTiles(): Promise<OverlayOptions[]> {
  const csv = await readFile(join(root, quickstart.prepared, 'manifest.csv'));
  const rows: { path: string; label: string; split: string }[] = parse(csv, { columns: true });
  const byLabel = Map.groupBy(
    rows.filter((row) => row.split === 'test'),
    (row) => row.label,
  );
  const placed = [...byLabel.values()].flatMap((pictures, row) =>
    pictures.slice(0, tilesInRow).map(({ path }, column) => ({ path, left: column * tilePx, top: row * tilePx })),
  );
  return Promise.all(
    placed.map(async ({ path, left, top }) => ({
      input: await sharp(join(root, quickstart.raw, path))
        .resize(tilePx, tilePx, { fit: 'cover' })
        .toBuffer(),
      left,
      top,
    })),
  );
}

async function drawChart(name: string, place: { left: number; width: number }): Promise<OverlayOptions> {
  const input = await sharp(join(root, quickstart.report, name))
    .resize(place.width, chartHeightPx, { fit: 'contain', background: '#fff' })
    .toBuffer();
  return { input, left: place.left, top: 2 * tilePx + 16 };
}

const overlays = [
  ...(await drawTiles()),
  await drawChart('confusion_matrix.png', { left: 0, width: 548 }),
  await drawChart('learning_curves.png', { left: 564, width: widthPx - 564 }),
];
await mkdir(join(root, 'docs/images'), { recursive: true });
await sharp({ create: { width: widthPx, height: 2 * tilePx + 16 + chartHeightPx, channels: 3, background: '#fff' } })
  .composite(overlays)
  .png({ palette: true, effort: 10 })
  .toFile(join(root, 'docs/images/quickstart.png'));
