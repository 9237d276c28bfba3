// The words in which data import and data download tell what came in.
import type { ChecksumState, DatasetDownloadResult, ImportResult } from '../../data/index.ts';

/** A result for a person: what was recognised, a table of counts, what was left out, what to type next. */
export function formatImport(result: ImportResult, to: string): string {
  const lines = result.sources.map(
    (source) => `${source.source}: ${source.recognisedAs}, ${source.photos.toLocaleString('en-US')} photos`,
  );
  lines.push('', ...formatCounts(result), '', formatRun(result));
  const skipped = Object.entries(result.skipped);
  if (skipped.length > 0) lines.push('left out:', ...skipped.map(([reason, count]) => `  ${count} × ${reason}`));
  if (result.renamed > 0)
    lines.push(`${result.renamed} photo(s) got md5 digits in their names: another had them already`);
  const { sameBytesAcrossClasses, sameBytesAcrossSplits } = result;
  lines.push(...formatShared('the same bytes under two classes; one label is wrong', sameBytesAcrossClasses));
  lines.push(...formatShared('the same bytes in two splits; scores would flatter', sameBytesAcrossSplits));
  lines.push(...result.notes.map((note) => `note: ${note}`));
  lines.push('', `next: pawprint data check ${to}`);
  return lines.join('\n');
}

/** Rows: splits; columns: classes. */
function formatCounts(result: ImportResult): string[] {
  const header = ['', ...result.classNames, 'total'];
  const rows = Object.entries(result.counts).map(([split, counts]) => {
    const numbers = result.classNames.map((name) => counts[name] ?? 0);
    return [
      split,
      ...[...numbers, numbers.reduce((sum, count) => sum + count, 0)].map((n) => n.toLocaleString('en-US')),
    ];
  });
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function formatRun(result: ImportResult): string {
  const parts = [`${result.copied.toLocaleString('en-US')} copied`];
  if (result.alreadyThere > 0) parts.push(`${result.alreadyThere.toLocaleString('en-US')} were there already`);
  if (result.removed > 0) parts.push(`${result.removed.toLocaleString('en-US')} older ones removed`);
  const megabytes = (result.bytes / 1e6).toFixed(result.bytes < 1e8 ? 1 : 0);
  return `${parts.join(', ')}; ${result.directory} holds ${result.photos.toLocaleString('en-US')} photos, ${megabytes} MB`;
}

function formatShared(what: string, shared: ImportResult['sameBytesAcrossClasses']): string[] {
  if (shared.count === 0) return [];
  const shown = shared.first.slice(0, 5).map(({ paths }) => `  ${paths.join(' = ')}`);
  const more = shared.count > shown.length ? [`  … and ${shared.count - shown.length} more (--json lists 100)`] : [];
  return [`${shared.count} time(s) ${what}:`, ...shown, ...more];
}

const checksumWords: Readonly<Record<ChecksumState, string>> = {
  given: 'as given with --sha256',
  known: 'as known for this archive',
  'recorded earlier': 'the same as at the first download from this address',
  'recorded now': 'seen for the first time: recorded, and demanded of the next download from this address',
};

/** A download for a person: where from, how far to trust it, then what came in. */
export function formatDownload(result: DatasetDownloadResult, to: string): string {
  const lines = [
    `${result.title}, ${result.licence}, ${result.page}`,
    `archive: ${result.url}, ${(result.archiveBytes / 1e6).toFixed(1)} MB`,
    `sha256:  ${result.sha256} (${checksumWords[result.checksum]})`,
    `receipt: ${result.receipt}`,
  ];
  if (result.archive !== null) lines.push(`kept:    ${result.archive}`);
  if (result.import !== null) return [...lines, '', formatImport(result.import, to)].join('\n');
  return [...lines, '', `all of it is in ${result.directory} already: nothing to do`].join('\n');
}
