// The smoke test's report as a table for a person.
import { textTable } from '../text-table.ts';
import type { CheckVerdict, SmokeReport } from './smoke-test.ts';

const words: Readonly<Record<CheckVerdict, string>> = { passed: 'ok', failed: 'FAILED', 'not checked': 'not checked' };

export function describeSmokeTest({ url, checks, unreachable }: SmokeReport): string {
  const rows = checks.map(({ name, verdict, milliseconds, detail }) => [
    name,
    words[verdict],
    milliseconds.toFixed(0),
    detail,
  ]);
  const count = (wanted: CheckVerdict): number => checks.filter(({ verdict }) => verdict === wanted).length;
  const [failures, skipped] = [count('failed'), count('not checked')];
  const verdict = failures === 0 ? 'passed' : `failed: ${failures} of ${checks.length} checks`;
  const remark = skipped === 0 ? '' : `; ${skipped} not checked`;
  const advice = [
    unreachable === null ? '' : `Nothing answers at ${url} (${unreachable}). Is it running there?\n`,
    checks.some(({ detail }) => /status 401\b/.test(detail))
      ? 'The service asks for a key: --api-key, or the variable PAWPRINT_API_KEY.\n'
      : '',
  ].join('');
  return `${textTable([['check', 'result', 'ms', 'detail'], ...rows], [2])}\n${url}: ${verdict}${remark}\n${advice}`;
}
