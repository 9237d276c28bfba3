// The check in words: numbers as people read them, and the table of a terminal.
import type { CheckResult, CheckTotals, FindingReport, GateReport } from './check-result.ts';

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** 0.0123 → 1.23 % */
export function formatShare(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

/** Three digits that count; nothing for no score. */
export function formatScore(score: number | undefined): string {
  return score === undefined ? '' : String(Number(score.toPrecision(3)));
}

/** `0 > 0` in the gate's own unit: what was found and what is let pass. */
export function formatGate({ unit, value, limit, passed }: GateReport): string {
  const number = (n: number): string => (unit === 'share' ? formatShare(n) : formatCount(n));
  return passed ? `passed (at most ${number(limit)})` : `broken: ${number(value)}, at most ${number(limit)}`;
}

/** `cats 1,500, dogs 1,500; 70.1 MB` */
export function describeTotals({ classes, bytes }: CheckTotals): string {
  const counts = Object.entries(classes).map(([name, count]) => `${name} ${formatCount(count)}`);
  const shown = counts.length > 6 ? [...counts.slice(0, 6), '…'] : counts;
  return `${shown.join(', ')}; ${(bytes / 1e6).toFixed(1)} MB`;
}

const examplesShown = 2;
const exampleWidth = 60;

/** The result for a person at a terminal: what was found, the gates, what to do next. */
export function formatCheck(result: CheckResult, options: { readonly htmlPath?: string | undefined } = {}): string {
  const { totals, findings, gates, directory } = result;
  const lines = [`${directory}: ${formatCount(totals.photos)} photos (${describeTotals(totals)})`];
  const ignored = Object.entries(totals.ignored).map(([reason, count]) => `${formatCount(count)} × ${reason}`);
  if (ignored.length > 0) lines.push(`passed over: ${ignored.join(', ')}`);
  const entries = Object.entries(findings);
  const found = entries.filter(([, { count }]) => count > 0);
  const clean = entries.filter(([, { count }]) => count === 0).map(([id]) => id);
  if (found.length > 0) lines.push('', ...formatTable(found));
  lines.push('', found.length === 0 ? 'nothing found' : `not found: ${clean.join(', ')}`);
  const broken = gates.filter(({ passed }) => !passed);
  lines.push('', broken.length === 0 ? `all ${gates.length} gates passed` : 'gates broken:');
  lines.push(...broken.map((gate) => `  ${gate.finding}: ${formatGate(gate).replace('broken: ', '')}`));
  if (options.htmlPath !== undefined) lines.push(`page with the pictures: ${options.htmlPath}`);
  lines.push('', `next: ${nextStep(result, options.htmlPath)}`);
  return lines.map(visibleText).join('\n');
}

function nextStep({ passed, directory }: CheckResult, htmlPath: string | undefined): string {
  if (passed) return `pawprint data prepare --data ${directory} --to data/prepared`;
  if (htmlPath === undefined) return `pawprint data check ${directory} --html check.html, and look at the pictures`;
  return 'look at the page, then remove or repair the files, or relax a gate with --gate finding=off';
}

function formatTable(found: readonly (readonly [string, FindingReport])[]): string[] {
  const header = ['finding', 'severity', 'found', 'share', 'examples'];
  const rows = found.map(([id, report]) => [
    id,
    report.severity,
    formatCount(report.count),
    report.photoCount === 0 ? '' : formatShare(report.share),
    formatExamples(report),
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) =>
        column === 2 || column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function formatExamples({ photos = [], groups = [], classes = [], count }: FindingReport): string {
  const words = [
    ...photos.slice(0, examplesShown).map(({ path, detail }) => (detail === undefined ? path : `${path} (${detail})`)),
    ...groups.slice(0, 1).map(({ paths }) => paths.slice(0, 2).join(' = ') + (paths.length > 2 ? ' = …' : '')),
    ...classes.slice(0, examplesShown).map(({ className, detail }) => `${className} (${detail})`),
  ].map((word) => (word.length > exampleWidth ? `${word.slice(0, exampleWidth - 1)}…` : word));
  return words.join(', ') + (count > words.length ? ', …' : '');
}

/** File names can hold control characters, which a terminal would obey. */
function visibleText(line: string): string {
  return line.replace(/\p{Cc}/gu, '\ufffd');
}
