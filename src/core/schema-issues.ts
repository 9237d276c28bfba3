// Turns what a zod schema objects to into Pawprint's words: what was expected there, what came instead. The command
// line and params.yaml both speak through it, so that the same mistake reads the same everywhere.
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** One objection: where (`train.lr`), what was expected, what came. `unknownKey` is set when the key itself is wrong. */
export interface SchemaComplaint {
  readonly path: string;
  readonly expected: string;
  readonly received: string;
  readonly unknownKey: string | undefined;
}

const typeWords: Partial<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of settings',
  null: 'null',
};

/** A value as a reader would write it, cut to one short line. */
export function previewValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function describeBound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const low = issue.code === 'too_small';
  const bound = String(low ? issue.minimum : issue.maximum);
  const word = issue.exact === true ? 'exactly' : low ? 'at least' : 'at most';
  if (issue.origin === 'string') return low && bound === '1' ? 'text that is not empty' : `${word} ${bound} characters`;
  if (issue.origin === 'array' || issue.origin === 'set') return `${word} ${bound} entries`;
  if (issue.inclusive === false) return low ? `a number above ${bound}` : `a number below ${bound}`;
  return `a number of ${word} ${bound}`;
}

/** What the schema wanted at the place of `issue`. */
export function describeExpectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords[issue.expected] ?? issue.expected;
    case 'too_small':
    case 'too_big':
      return describeBound(issue);
    case 'invalid_value':
      return issue.values.length === 1
        ? previewValue(issue.values[0])
        : `one of ${issue.values.map((value) => String(value)).join(', ')}`;
    case 'invalid_union':
      return issue.errors.length === 0
        ? issue.message
        : [...new Set(issue.errors.flatMap((branch) => branch.map(describeExpectation)))].join(' or ');
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return 'only known keys';
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return issue.message;
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** Every objection of a failed parse of `input`, unknown keys one by one. */
export function listComplaints(error: z.ZodError, input: unknown): SchemaComplaint[] {
  return error.issues.flatMap((issue): SchemaComplaint[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        path: [...issue.path, key].join('.'),
        expected: describeExpectation(issue),
        received: key,
        unknownKey: key,
      }));
    return [
      {
        path: issue.path.join('.'),
        expected: describeExpectation(issue),
        received: previewValue(valueAt(input, issue.path)),
        unknownKey: undefined,
      },
    ];
  });
}

/** The candidate nearest to `word` by edit distance, if it is near enough to be a slip of the keyboard. */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length * 0.4)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
