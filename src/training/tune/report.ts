// The report of a search: results.json, results.csv, best-params.yaml and index.html. Each appears whole or not at all.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeFileAtomic, writeJsonAtomic } from '../../core/index.ts';
import { csvLine } from '../../data/index.ts';
import { chartFigure, dataTable, factList, figureRow, html, htmlPage, section } from '../../image/index.ts';
import type { TuneParams } from './params.ts';
import { resultCharts } from './result-charts.ts';
import { resultTable } from './result-table.ts';
import type { SearchResult } from './search.ts';
import type { Tunable } from './tunable.ts';

export interface SearchReport {
  readonly result: SearchResult;
  readonly settings: TuneParams;
  readonly seed: number;
  readonly tunable: Tunable;
  /** What to type to train the best configuration again. */
  readonly command: string;
}

/** The parameter file that `command` reads, in the search folder. */
export const bestParamsFile = 'best-params.yaml';

/** What `--json` prints and results.json holds. Equal for equal searches but for the seconds. */
export function toSearchJson({ result, settings, seed, tunable, command }: SearchReport): Record<string, unknown> {
  const { best, ranked, records, rungs, complete, epochsTrained } = result;
  return {
    schemaVersion: 1,
    kind: tunable.kind,
    method: settings.method,
    metric: settings.metric,
    seed,
    complete,
    epochsTrained,
    rungs,
    best: best === null ? null : { ...best, model: 'best.onnx', params: bestParamsFile, command },
    ranking: ranked,
    records,
  };
}

/** Writes the report to `directory`. Throws DISK_FULL, PERMISSION_DENIED. */
export async function writeSearchReport(report: SearchReport, directory: string): Promise<void> {
  const { columns, rows } = resultTable(report.result);
  await writeJsonAtomic(join(directory, 'results.json'), toSearchJson(report));
  await writeFileAtomic(join(directory, 'results.csv'), [columns, ...rows].map(csvLine));
  const params = bestParams(report);
  if (params === null) await rm(join(directory, bestParamsFile), { force: true });
  else await writeFileAtomic(join(directory, bestParamsFile), params);
  await writeFileAtomic(join(directory, 'index.html'), searchPage(report));
}

/** A parameter file with the seed and every setting of the best trial, at the epochs of a trial in full. */
function bestParams({ result, tunable, seed, command }: SearchReport): string | null {
  const { best } = result;
  if (best === null) return null;
  const settings = { seed, [tunable.section]: tunable.configure(best.values) };
  const loss = best.logLoss?.toFixed(4) ?? '';
  return `# Trial ${best.trial} of a search: validation log loss ${loss} after ${best.epochs} epochs.\n# ${command}\n${stringify(settings)}`;
}

function searchPage({ result, settings, seed, tunable, command }: SearchReport): string {
  const { columns, rows } = resultTable(result);
  const { best, epochsTrained, records } = result;
  const figures = resultCharts(result, settings).map(({ name, svg }) =>
    chartFigure({ svg, alternative: `${settings.metric} of the trials over ${name}` }),
  );
  return htmlPage({
    title: `Search: ${tunable.kind}`,
    lead: 'Scores are on the validation split, which the search chose by: they flatter. The test split was not looked at.',
    body: [
      factList([
        { name: 'best log loss', value: best?.logLoss?.toFixed(4) ?? 'none', note: `trial ${best?.trial ?? '-'}` },
        { name: 'trials', value: result.ranked.length, note: settings.method },
        { name: 'epochs trained', value: epochsTrained, note: `${records.length} runs` },
        { name: 'seed', value: seed },
      ]),
      section('Train the best again', html`<pre>${command}</pre>`),
      section(
        'Trials',
        dataTable({
          caption: 'Trials, best first',
          columns: columns.map((header) => ({ header, numeric: true })),
          rows,
        }),
      ),
      section('What each parameter did', figureRow(figures)),
    ],
  });
}
