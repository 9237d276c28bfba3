// A CSV of `path,label[,split]` as a source. Paths are relative to the CSV's folder; one that leads elsewhere is taken
// as long as it is a readable file.
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { asPawprintError, PawprintError, type ProgressTask } from '../../core/index.ts';
import { splitNames, type SplitName } from '../manifest.ts';
import { countSkip, isPictureName, skipReason, type SkipCounts } from './file-kinds.ts';
import { throwIfAborted } from './folder-source.ts';
import { assertClassName, splitOfWord } from './names.ts';
import type { Source, SourceEntry } from './source.ts';

interface CsvRow {
  readonly line: number;
  readonly path: string;
  readonly label: string;
  readonly split: SplitName | undefined;
}

/** Reads the rows and looks at every file they name. Throws DATASET_INVALID, FILE_NOT_FOUND, PERMISSION_DENIED. */
export async function openCsvSource(
  csvPath: string,
  options: { readonly name: string; readonly signal: AbortSignal; readonly progress: ProgressTask },
): Promise<Source> {
  const { name, signal } = options;
  const rows = parseRows(name, await readText(csvPath, name));
  const skipped: SkipCounts = new Map();
  const missing: string[] = [];
  const entries: (SourceEntry & { readonly file: string })[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    throwIfAborted(signal);
    const key = JSON.stringify([row.path, row.label, row.split]);
    if (seen.has(key)) {
      countSkip(skipped, 'repeated row');
      continue;
    }
    seen.add(key);
    if (!isPictureName(row.path)) {
      countSkip(skipped, skipReason(row.path.replace(/^.*[/\\]/, '')) ?? 'not a picture');
      continue;
    }
    const found = await findFile(dirname(csvPath), row.path);
    if (found === undefined) missing.push(`line ${row.line}: ${row.path}`);
    else entries.push({ path: row.path, size: found.size, file: found.file, label: row.label, ...splitOf(row) });
    options.progress.update(entries.length);
  }
  if (missing.length > 0) throw missingFiles(name, missing);
  return {
    name,
    kind: 'csv',
    entries,
    folders: new Set(),
    skipped,
    notes: [],
    contents: async function* (wanted) {
      for (const [index, entry] of entries.entries())
        if (wanted.has(index))
          yield await Promise.resolve({ index, content: { kind: 'file', path: entry.file } as const });
    },
  };
}

function splitOf(row: CsvRow): { readonly split?: SplitName } {
  return row.split === undefined ? {} : { split: row.split };
}

function missingFiles(name: string, missing: readonly string[]): PawprintError {
  const shown = missing.slice(0, 10).join('\n    ');
  const more = missing.length > 10 ? `\n    … and ${missing.length - 10} more` : '';
  return new PawprintError('FILE_NOT_FOUND', {
    message: `${name} names ${missing.length} file(s) that are not there or are no files:\n    ${shown}${more}`,
    expected: "paths relative to the CSV's own folder",
    hint: 'Correct the paths or take those rows out.',
  });
}

async function readText(path: string, name: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (!(error instanceof TypeError)) throw asPawprintError(error, `reading ${name}`);
    throw csvInvalid(name, 'it is not UTF-8 text', 'Save it again as "CSV UTF-8".');
  }
}

function csvInvalid(name: string, what: string, hint: string): PawprintError {
  return new PawprintError('DATASET_INVALID', {
    message: `${name}: ${what}`,
    expected: 'a CSV with the header path,label or path,label,split',
    hint,
  });
}

/** Spreadsheets write semicolons or tabs in some countries; the header tells. */
function detectDelimiter(text: string): string {
  const header = text.slice(0, Math.max(0, text.search(/[\r\n]|$/)));
  return [',', ';', '\t'].find((delimiter) => header.includes(delimiter)) ?? ',';
}

function parseRows(name: string, text: string): CsvRow[] {
  let records: readonly { readonly record: Record<string, string>; readonly info: { readonly lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      columns: (header: string[]) => header.map((column) => column.trim().toLowerCase()),
      delimiter: detectDelimiter(text),
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (error) {
    throw csvInvalid(name, error instanceof Error ? error.message : String(error), 'Correct that line of the CSV.');
  }
  if (records.length === 0) throw csvInvalid(name, 'it has no rows below its header', 'Add one row for each photo.');
  return records.map(({ record, info }) => readRow(name, record, info.lines));
}

function readRow(name: string, record: Readonly<Record<string, string>>, line: number): CsvRow {
  const { path, label, split } = record;
  if (path === undefined || label === undefined) {
    const found = Object.keys(record).join(', ');
    throw csvInvalid(
      name,
      `its first line names the columns ${found}`,
      'Put path,label (and split, if any) into the first line.',
    );
  }
  if (path === '' || path.includes('\0'))
    throw csvInvalid(name, `line ${line} has no path`, 'Fill it in or remove the line.');
  if (label === '') throw csvInvalid(name, `line ${line} has no label`, 'Fill it in or remove the line.');
  assertClassName(label, `${name}, line ${line}`);
  const splitName = split === undefined || split === '' ? undefined : splitOfWord(split);
  if (split !== undefined && split !== '' && splitName === undefined)
    throw csvInvalid(name, `line ${line} has the split "${split}"`, `Use ${splitNames.join(', ')} or leave it empty.`);
  return { line, path, label, split: splitName };
}

/** The file that a path of the CSV names; undefined where there is none. Backslashes are tried as separators. */
async function findFile(folder: string, path: string): Promise<{ file: string; size: number } | undefined> {
  const candidates = path.includes('\\') ? [path, path.replaceAll('\\', '/')] : [path];
  for (const candidate of candidates) {
    const file = resolve(folder, candidate);
    try {
      const stats = await stat(file);
      if (!stats.isFile()) continue;
      await access(file, constants.R_OK);
      return { file, size: stats.size };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP') throw asPawprintError(error, `reading ${path}`);
    }
  }
  return undefined;
}
