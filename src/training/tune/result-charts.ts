// What a search saw of each parameter: the metric over its values, one point a trial of the rung that all entered.
import { barChart, scatterChart } from '../../image/index.ts';
import type { TuneParams } from './params.ts';
import { showValue } from './result-table.ts';
import type { SearchResult } from './search.ts';
import type { TrialRecord } from './trial-record.ts';
import { type IntervalRange, type ListRange, readSpace } from './space.ts';

export interface ResultChart {
  readonly name: string;
  readonly svg: string;
}

/** A scatter plot for each interval, bars (best and median trial) for each list. */
export function resultCharts(result: Pick<SearchResult, 'records' | 'names'>, settings: TuneParams): ResultChart[] {
  const trials = result.records.filter(({ rung, status }) => rung === 1 && status === 'done');
  if (trials.length === 0) return [];
  const { ranges } = readSpace(settings.space);
  return ranges
    .filter(({ name }) => result.names.includes(name))
    .map((range) => ({
      name: range.name,
      svg:
        range.form === 'interval'
          ? intervalChart(range, trials, settings.metric)
          : listChart(range, trials, settings.metric),
    }));
}

type Metric = TuneParams['metric'];

function score(record: TrialRecord, metric: Metric): number {
  return (metric === 'log-loss' ? record.logLoss : record.accuracy) ?? NaN;
}

const metricWords: Record<Metric, string> = {
  'log-loss': 'validation log loss (nats)',
  accuracy: 'validation accuracy',
};

function subtitle(trials: readonly TrialRecord[]): string {
  return `${trials.length} trials, epochs each: ${trials[0]?.epochs ?? 0}`;
}

function intervalChart(range: IntervalRange, trials: readonly TrialRecord[], metric: Metric): string {
  return scatterChart({
    title: range.name,
    subtitle: subtitle(trials),
    x: { label: range.name, logarithmic: range.scale === 'log', whole: range.whole },
    y: { label: metricWords[metric], percent: metric === 'accuracy' },
    points: trials.map((record) => ({ x: Number(record.values[range.name]), y: score(record, metric) })),
  });
}

function listChart(range: ListRange, trials: readonly TrialRecord[], metric: Metric): string {
  const direction = metric === 'log-loss' ? 1 : -1;
  const scores = range.values.map((value) =>
    trials
      .filter((record) => showValue(record.values[range.name]) === showValue(value))
      .map((record) => score(record, metric))
      .sort((a, b) => direction * (a - b)),
  );
  return barChart({
    title: range.name,
    subtitle: subtitle(trials),
    xLabel: range.name,
    y: { label: metricWords[metric], percent: metric === 'accuracy' },
    categories: range.values.map(showValue),
    series: [
      { name: 'best trial', values: scores.map((sorted) => sorted[0] ?? NaN) },
      { name: 'median trial', values: scores.map((sorted) => sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN) },
    ],
  });
}
