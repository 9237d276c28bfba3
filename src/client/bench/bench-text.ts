// The report of a load as a table for a person.
import { quoteForeign, textTable } from '../text-table.ts';
import type { BenchReport } from './bench-serve.ts';
import type { LatencySummary } from './latencies.ts';
import type { TallySummary } from './tally.ts';

const header = ['', 'count', 'per second', 'p50 ms', 'p90 ms', 'p95 ms', 'p99 ms', 'max ms'];

export function describeBench(report: BenchReport): string {
  const { url, seconds, warmupSeconds, pictures, stoppedEarly } = report;
  const rows = [...statusRows('/predict', report, seconds), ...statusRows('/health', report.health, seconds)];
  const lines = [
    `${url}/predict: ${loopWords(report)}, ${pictures} pictures, ${seconds.toFixed(1)} s after ${warmupSeconds} s of warm-up` +
      (stoppedEarly ? ', stopped early' : ''),
    '',
    textTable([header, ...rows], [1, 2, 3, 4, 5, 6, 7]),
    `no answer  ${errorWords(report)}; /health: ${errorWords(report.health)}`,
    `bytes      ${megabytes(report.bytesSent)} sent, ${megabytes(report.bytesReceived)} received`,
    `answers    ${consistencyWords(report)}`,
    `this side  ${report.client.cpuShare.toFixed(2)} cores used` +
      (report.loop === 'open'
        ? `, 99 % of requests out within ${report.client.lateMsP99.toFixed(1)} ms of when due`
        : ''),
  ];
  return `${lines.join('\n')}\n`;
}

function loopWords({ loop, concurrency, ratePerSecond }: BenchReport): string {
  return loop === 'closed'
    ? `closed loop of ${concurrency}`
    : `open loop, ${ratePerSecond ?? 0} requests/s due, at most ${concurrency} connections`;
}

function statusRows(path: string, { statuses }: TallySummary, seconds: number): string[][] {
  if (statuses.length === 0) return [[path, '0']];
  return statuses.map(({ status, count, latencyMs }) => [
    `${path} ${status}`,
    String(count),
    (seconds === 0 ? 0 : count / seconds).toFixed(1),
    ...latencyCells(latencyMs),
  ]);
}

function latencyCells({ p50, p90, p95, p99, max }: LatencySummary): string[] {
  return [p50, p90, p95, p99, max].map((milliseconds) => milliseconds.toFixed(1));
}

function errorWords({ errors }: TallySummary): string {
  const entries = Object.entries(errors).map(([kind, count]) => `${kind} ${count}`);
  return entries.length === 0 ? 'none' : entries.join(', ');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function consistencyWords({ consistency }: BenchReport): string {
  if (consistency === null) return 'not compared';
  const { compared, disagreements, malformed, example } = consistency;
  if (compared + malformed === 0) return 'none to compare';
  const bad = [
    ...(disagreements === 0
      ? []
      : [`${disagreements} DISAGREE with the first to the same photo (${quoteForeign(example ?? '')})`]),
    ...(malformed === 0 ? [] : [`${malformed} MALFORMED`]),
  ];
  return `${compared} compared with the first to the same photo${bad.length === 0 ? ', all alike' : `: ${bad.join('; ')}`}`;
}
