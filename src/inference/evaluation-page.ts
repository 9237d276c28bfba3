// The evaluation as one page: key figures, charts, and a confusion matrix each of whose cells opens its photos.
import { relative, sep } from 'node:path';
import {
  chartFigure,
  dataTable,
  detailsSection,
  factList,
  figureRow,
  html,
  htmlPage,
  pictureGrid,
  section,
  type Fact,
  type GridPicture,
  type Html,
} from '../image/index.ts';
import type { ConfusionCell } from './confusion-cells.ts';
import type { EvaluatedPhoto, Evaluation } from './evaluate.ts';
import { formatPercent } from './prediction-lines.ts';

/** A cell with the photos that are shown of it, and their thumbnails (`data:` URIs; null: the file cannot be read). */
export interface ShownCell extends ConfusionCell {
  readonly shown: readonly { readonly photo: EvaluatedPhoto; readonly thumbnail: string | null }[];
}

export interface PageChart {
  readonly svg: string;
  readonly alternative: string;
  readonly caption: string;
}

export interface EvaluationPageOptions {
  readonly evaluation: Evaluation;
  readonly cells: readonly ShownCell[];
  readonly charts: readonly PageChart[];
  /** The folder of the page, absolute: photos are linked relative to it. */
  readonly directory: string;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** The page as one HTML document. */
export function evaluationPage(options: EvaluationPageOptions): string {
  const { evaluation, cells, charts } = options;
  const { scores, dataset, model, warnings } = evaluation;
  const split = dataset.split === null ? '' : `, ${dataset.split} split`;
  const body: Html[] = [factList(keyFigures(evaluation))];
  if (warnings.length > 0)
    body.push(
      section(
        'Mind',
        html`<ul>
          ${warnings.map((warning) => html`<li>${warning}</li>`)}
        </ul>`,
      ),
    );
  body.push(
    section('Where the photos went', confusionTable(evaluation)),
    ...cells.filter((cell) => cell.photos.length > 0).map((cell) => cellSection(cell, options)),
    section('Scores by class', classTable(evaluation)),
    section('Charts', figureRow(charts.map(chartFigure))),
  );
  if (evaluation.skipped.length > 0) body.push(section('Left out', skippedTable(evaluation)));
  return htmlPage({
    title: `Evaluation of ${model.name}`,
    lead: `${scores.correct} of ${scores.total} photos right on ${dataset.path}${split}.`,
    body,
    footer: `Model ${model.path}, SHA-256 ${model.sha256}. Data set ${dataset.md5}. Every prediction: predictions.csv.`,
  });
}

function keyFigures({ scores }: Evaluation): Fact[] {
  const { low, high } = scores.accuracyInterval95;
  const auc = scores.rocAucInterval95;
  return [
    { name: 'Accuracy', value: percent(scores.accuracy), note: `95 %: ${percent(low)} to ${percent(high)}` },
    { name: 'F1 (macro)', value: scores.f1.toFixed(3) },
    {
      name: 'ROC AUC',
      value: scores.rocAuc?.toFixed(3) ?? 'not defined',
      ...(auc === null ? {} : { note: `95 %: ${auc.low.toFixed(3)} to ${auc.high.toFixed(3)}` }),
    },
    { name: 'Log loss', value: scores.logLoss.toFixed(3), note: 'nats a photo' },
    { name: 'Calibration error', value: percent(scores.ece), note: 'of the predicted class, 15 bins' },
    { name: 'Brier score', value: scores.brier.toFixed(3), note: '0 is perfect' },
  ];
}

// Inside its section, so that following the link opens the section (HTML's ancestor revealing).
const cellId = (actual: number, predicted: number): string => `cell-${actual}-${predicted}`;

function confusionTable({ scores, classNames }: Evaluation): Html {
  return dataTable({
    caption: 'Rows: what the photo shows. Columns: what the model took it for. A number opens its photos.',
    columns: ['', ...classNames.map((name) => ({ header: `taken for ${name}`, numeric: true }))],
    rows: scores.confusionMatrix.map((row, actual) => [
      classNames[actual] ?? '',
      ...row.map((count, predicted) =>
        count === 0 ? '0' : html`<a href="#${cellId(actual, predicted)}">${count}</a>`,
      ),
    ]),
  });
}

function cellSection({ actual, predicted, photos, shown }: ShownCell, options: EvaluationPageOptions): Html {
  const { classNames } = options.evaluation;
  const right = actual === predicted;
  const name = classNames[actual] ?? '';
  const order = right ? 'the least sure first' : 'the surest mistakes first';
  const some = shown.length < photos.length ? `, ${shown.length} shown` : '';
  const pictures = shown.map(({ photo, thumbnail }) => gridPicture(photo, thumbnail, options));
  return detailsSection({
    heading: right ? `${name}, recognised` : `${name} taken for ${classNames[predicted] ?? ''}`,
    count: `${photos.length} ${photos.length === 1 ? 'photo' : 'photos'}${some}, ${order}`,
    content: html`<div id="${cellId(actual, predicted)}">${pictureGrid(pictures)}</div>`,
  });
}

/** Shown where a photo can no longer be read: a grey square. */
const noPicture = 'data:image/gif;base64,R0lGODlhAQABAIAAAMzMzAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==';

function gridPicture(photo: EvaluatedPhoto, thumbnail: string | null, options: EvaluationPageOptions): GridPicture {
  const { classNames } = options.evaluation;
  const { label, confidence, labelIndex } = photo.prediction;
  const right = labelIndex === photo.label;
  return {
    source: thumbnail ?? noPicture,
    caption: `${right ? '' : 'taken for '}${label}, ${formatPercent(confidence).trim()}`,
    details: [`is ${classNames[photo.label] ?? ''}`, photo.name],
    alternative: `${photo.name}: ${classNames[photo.label] ?? ''}, taken for ${label}`,
    opens: relative(options.directory, photo.path).split(sep).join('/'),
    tone: right ? 'good' : 'bad',
  };
}

function classTable({ scores, classNames }: Evaluation): Html {
  return dataTable({
    caption: 'Precision: how many photos taken for the class are of it. Recall: how many of its photos were found.',
    columns: [
      'class',
      ...['precision', 'recall', 'F1', 'ROC AUC', 'photos'].map((header) => ({ header, numeric: true })),
    ],
    rows: classNames.map((name) => {
      const own = scores.perClass[name];
      const [precision, recall, f1] = [own?.precision, own?.recall, own?.f1].map((score) => (score ?? 0).toFixed(3));
      return [name, precision ?? '', recall ?? '', f1 ?? '', own?.rocAuc?.toFixed(3) ?? '–', own?.support ?? 0];
    }),
  });
}

const skippedRows = 200;

function skippedTable({ skipped }: Evaluation): Html {
  const more = skipped.length > skippedRows ? ` The first ${skippedRows} of ${skipped.length}.` : '';
  return dataTable({
    caption: `Photos that could not be read and count in no score.${more}`,
    columns: ['file', 'what is wrong'],
    rows: skipped.slice(0, skippedRows).map(({ name, error }) => [name, error.message]),
  });
}
