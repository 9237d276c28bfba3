// The search folder's durable side: search.json says which search this is, trials.jsonl has a line for each finished
// trial. A line is flushed to disk before anything of the trial is deleted; one cut short by a crash is dropped.
import { open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { asPawprintError, PawprintError, writeFileAtomic, writeJsonAtomic } from '../../core/index.ts';
import { trialRecordSchema, type TrialRecord } from './trial-record.ts';

/** What must be equal for a search to go on, by name; nested groups are compared value by value. */
export type SearchIdentity = Readonly<Record<string, unknown>>;

export interface Journal {
  /** Those found at the opening, in the order in which they were finished. */
  readonly records: readonly TrialRecord[];
  /** Returns once the line is on the disk. */
  append(record: TrialRecord): Promise<void>;
}

const identityPath = (directory: string): string => join(directory, 'search.json');
const journalPath = (directory: string): string => join(directory, 'trials.jsonl');

/** The identity of the search in `directory`; null where there is none. */
export async function readIdentity(directory: string): Promise<SearchIdentity | null> {
  const text = await readIfThere(identityPath(directory));
  if (text === null) return null;
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null) return value as SearchIdentity;
  throw damaged(identityPath(directory), 'an object');
}

export async function writeIdentity(directory: string, identity: SearchIdentity): Promise<void> {
  await writeJsonAtomic(identityPath(directory), identity);
}

/** An empty journal in the place of any other. */
export async function startJournal(directory: string): Promise<Journal> {
  await writeFileAtomic(journalPath(directory), '');
  return { records: [], append: (record) => appendLine(journalPath(directory), record) };
}

/**
 * The journal of `directory`, a line that a crash cut short taken off. Throws CHECKPOINT_INVALID for any other line
 * that is no record.
 */
export async function openJournal(directory: string): Promise<Journal> {
  const path = journalPath(directory);
  const text = await readIfThere(path);
  if (text === null) return startJournal(directory);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
  const records = whole
    .split('\n')
    .slice(0, -1)
    .map((line, i) => {
      const parsed = trialRecordSchema.safeParse(parseJson(line));
      if (parsed.success) return parsed.data;
      throw damaged(`${path}:${i + 1}`, 'the record of a trial');
    });
  return { records, append: (record) => appendLine(path, record) };
}

async function appendLine(path: string, record: TrialRecord): Promise<void> {
  try {
    const handle = await open(path, 'a');
    try {
      await handle.writeFile(`${JSON.stringify(record)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asPawprintError(error, `writing ${path}`);
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw asPawprintError(error, `reading ${path}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function damaged(place: string, expected: string): PawprintError {
  return new PawprintError('CHECKPOINT_INVALID', {
    message: `the search cannot go on: ${place} is damaged`,
    expected,
    received: 'something else',
    hint: 'Start a new search in another folder (--out).',
  });
}

/** CHECKPOINT_INVALID, naming the first difference, when a recorded search is not the one that is to go on. */
export function requireSameSearch(recorded: SearchIdentity, now: SearchIdentity): void {
  const [before, after] = [flatten(recorded), flatten(now)];
  const changed = [...new Set([...after.keys(), ...before.keys()])].filter((key) => before.get(key) !== after.get(key));
  const [first] = changed;
  if (first === undefined) return;
  const others = changed.length === 1 ? '' : ` (and ${changed.length - 1} more)`;
  throw new PawprintError('CHECKPOINT_INVALID', {
    message: `the search in this folder is another one: ${first} differs${others}`,
    expected: before.get(first) ?? 'nothing',
    received: after.get(first) ?? 'nothing',
    hint: 'Go on with the same settings, seed and data, or start a new search in another folder (--out).',
  });
}

/** Values as JSON by dotted name; lists are values. */
function flatten(value: unknown, name = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[name, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...flatten(inner, name === '' ? key : `${name}.${key}`)]),
  );
}
