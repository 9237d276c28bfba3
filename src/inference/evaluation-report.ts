// The report folder of an evaluation: scores, every prediction, charts, and the page of mistakes. Each file appears
// whole or not at all; the page, which shows the others, last.
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PawprintError, silentProgress, writeFileAtomic, writeJsonAtomic, type Progress } from '../core/index.ts';
import { recordToJpeg, renderPng } from '../image/index.ts';
import { confusionCells, type ConfusionCell } from './confusion-cells.ts';
import { checkCancelled, decodePhotos } from './decode-photos.ts';
import type { EvaluatedPhoto, Evaluation } from './evaluate.ts';
import { evaluationCharts } from './evaluation-charts.ts';
import { evaluationPage, type ShownCell } from './evaluation-page.ts';
import { predictionsCsv, toEvaluationJson } from './evaluation-text.ts';
import { readHistory, type HistoryRow } from './training-history.ts';

export interface EvaluationReportOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

const chartFiles = ['confusion_matrix.png', 'roc.png', 'reliability.png', 'coverage.png', 'learning_curves.png'];
/** Photos shown a cell; the page stays a few megabytes whatever the data set. */
const limits = { mistakes: 200, right: 40, allMistakes: 1200, allRight: 400 };
const thumbnailSizePx = 128;

/** Throws NOT_A_DIRECTORY when the report cannot go to `directory`: to be asked before the work, not after it. */
export async function checkReportFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => null);
  if (found === null || found.isDirectory()) return;
  throw new PawprintError('NOT_A_DIRECTORY', {
    message: `the report cannot be written to ${directory}`,
    expected: 'a folder, or a name that is free',
    received: 'a file',
    hint: 'Give another folder with --out.',
  });
}

/**
 * Writes evaluation.json, predictions.csv, the charts and index.html (one self-contained file) to `directory`. A
 * history that cannot be read is a line of progress, not an error. Throws DISK_FULL, PERMISSION_DENIED, CANCELLED.
 */
export async function writeEvaluationReport(
  evaluation: Evaluation,
  directory: string,
  { progress = silentProgress, signal }: EvaluationReportOptions = {},
): Promise<void> {
  const charts = evaluationCharts(evaluation, await historyOrNull(evaluation.model.path, progress));
  const cells = await addThumbnails(confusionCells(evaluation.photos, evaluation.classNames.length), signal);
  checkCancelled(signal);
  await writeJsonAtomic(join(directory, 'evaluation.json'), toEvaluationJson(evaluation));
  await writeFileAtomic(join(directory, 'predictions.csv'), predictionsCsv(evaluation));
  for (const fileName of chartFiles) {
    const chart = charts.find((each) => each.fileName === fileName);
    // A chart of an earlier evaluation must not pass for one of this.
    if (chart === undefined) await rm(join(directory, fileName), { force: true });
    else await writeFileAtomic(join(directory, fileName), await renderPng(chart.svg));
  }
  await writeFileAtomic(join(directory, 'index.html'), evaluationPage({ evaluation, cells, charts, directory }));
}

async function historyOrNull(modelPath: string, progress: Progress): Promise<HistoryRow[] | null> {
  try {
    return await readHistory(modelPath);
  } catch (error) {
    progress.line(`no learning curves: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** Chooses what each cell shows and makes the thumbnails, all in one pass over the workers. */
async function addThumbnails(cells: readonly ConfusionCell[], signal: AbortSignal | undefined): Promise<ShownCell[]> {
  const filled = (right: boolean): number =>
    Math.max(1, cells.filter((cell) => (cell.actual === cell.predicted) === right && cell.photos.length > 0).length);
  const mistakes = Math.min(limits.mistakes, Math.ceil(limits.allMistakes / filled(false)));
  const right = Math.min(limits.right, Math.ceil(limits.allRight / filled(true)));
  const chosen = cells.map((cell) => cell.photos.slice(0, cell.actual === cell.predicted ? right : mistakes));
  const thumbnails = makeThumbnails(chosen.flat(), signal);
  const shownCells: ShownCell[] = [];
  for (const [i, cell] of cells.entries()) {
    const shown: { photo: EvaluatedPhoto; thumbnail: string | null }[] = [];
    for (const photo of chosen[i] ?? []) {
      const next = await thumbnails.next();
      shown.push({ photo, thumbnail: next.done === true ? null : next.value });
    }
    shownCells.push({ ...cell, shown });
  }
  return shownCells;
}

/** One `data:` URI a photo, in order; null for one that cannot be read. */
async function* makeThumbnails(
  photos: readonly EvaluatedPhoto[],
  signal: AbortSignal | undefined,
): AsyncGenerator<string | null> {
  const settings = { imageSizePx: thumbnailSizePx, fit: 'pad', filter: 'bilinear' } as const;
  for await (const decoded of decodePhotos(photos, { settings, ...(signal === undefined ? {} : { signal }) })) {
    if ('error' in decoded) yield null;
    else yield `data:image/jpeg;base64,${recordToJpeg(decoded.record, thumbnailSizePx).toString('base64')}`;
  }
}
