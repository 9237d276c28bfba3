// The search space: from the `space` group of params.yaml to one range a parameter. A range is an interval of numbers
// or a list of values; the bounds of both are those of the parameter's own schema.
import { z } from 'zod';
import { describeExpectation, fieldsOf, nearestWord, type ParamsTree } from '../../core/index.ts';
import { trainParamsSchema } from '../params.ts';

/** Sections of params.yaml whose parameters can be searched. */
const sections: Readonly<Record<string, z.ZodObject>> = { train: trainParamsSchema };

/** They change how fast a result comes, not which. */
const notSearchable: ReadonlySet<string> = new Set(['train.threads']);

interface RangePlace {
  /** As --set takes it: train.lr. */
  readonly name: string;
  /** Where it stands below `space`: ['train.lr'] or ['train', 'lr']. */
  readonly path: readonly string[];
}

export interface IntervalRange extends RangePlace {
  readonly form: 'interval';
  readonly min: number;
  /** Inclusive. */
  readonly max: number;
  /** log: equal ratios are equally likely. */
  readonly scale: 'linear' | 'log';
  /** Only whole numbers. */
  readonly whole: boolean;
}

export interface ListRange extends RangePlace {
  readonly form: 'list';
  /** Equally likely. */
  readonly values: readonly unknown[];
}

export type SearchRange = IntervalRange | ListRange;

/** What is wrong where below `space`; the message says what was expected there. */
export interface SpaceProblem {
  readonly path: string[];
  readonly message: string;
}

const rangeSchema = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  scale: z.enum(['linear', 'log']).optional(),
  values: z.array(z.unknown()).min(1).optional(),
});
type RawRange = z.infer<typeof rangeSchema>;
const rangeKeys = Object.keys(rangeSchema.shape);
const formsInWords = '{ min, max } with scale: linear or log, or { values: [...] }';

/**
 * Reads a space. Names may be dotted (`train.lr: { … }`) or nested (`train: { lr: { … } }`, which is what `--set
 * tune.space.train.lr.max=0.1` makes); of a name that comes twice the later keys go before the earlier. A range of null
 * takes the parameter out of the search.
 */
export function readSpace(space: ParamsTree): { readonly ranges: SearchRange[]; readonly problems: SpaceProblem[] } {
  const ranges: SearchRange[] = [];
  const problems: SpaceProblem[] = [];
  const found = [...collectRanges(space).values()];
  for (const entry of found) {
    if (entry.value === null) continue;
    const read = readRange(entry);
    if ('form' in read) ranges.push(read);
    else problems.push(...read.problems);
  }
  if (ranges.length === 0 && problems.length === 0)
    problems.push({ path: [], message: 'at least one range, such as train.lr: { min: 0.001, max: 0.1, scale: log }' });
  return { ranges, problems };
}

interface RawEntry extends RangePlace {
  readonly value: unknown;
}

function isTree(value: unknown): value is ParamsTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRange(value: ParamsTree): boolean {
  return rangeKeys.some((key) => Object.hasOwn(value, key));
}

function* leaves(tree: ParamsTree, path: readonly string[] = []): Generator<RawEntry> {
  for (const [key, value] of Object.entries(tree)) {
    const here = [...path, key];
    if (isTree(value) && !isRange(value) && Object.keys(value).length > 0) yield* leaves(value, here);
    else yield { name: here.join('.'), path: here, value };
  }
}

function collectRanges(space: ParamsTree): Map<string, RawEntry> {
  const found = new Map<string, RawEntry>();
  for (const entry of leaves(space)) {
    const earlier = found.get(entry.name)?.value;
    const { value } = entry;
    // A list takes the place of an interval and the other way round; the halves of an interval complete each other.
    const sameForm = isTree(earlier) && isTree(value) && 'values' in earlier === 'values' in value;
    found.set(entry.name, sameForm ? { ...entry, value: { ...earlier, ...value } } : entry);
  }
  return found;
}

type RangeProblems = { readonly problems: SpaceProblem[] };

function readRange({ name, path, value }: RawEntry): SearchRange | RangeProblems {
  const problem = (message: string, ...below: string[]): RangeProblems => ({
    problems: [{ path: [...path, ...below], message }],
  });
  const field = fieldNamed(name);
  if (field === undefined) return problem(expectedName(name));
  if (fieldsOf(field) !== undefined) return problem(`a range for one of the parameters in the group ${name}`);
  if (notSearchable.has(name)) return problem('nothing: it changes how fast a result comes, not which');
  const parsed = rangeSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const wholly = issue === undefined || issue.code === 'unrecognized_keys' || issue.path.length === 0;
    return wholly ? problem(formsInWords) : problem(describeExpectation(issue), ...issue.path.map(String));
  }
  if (parsed.data.values === undefined) return readInterval({ name, path }, field, parsed.data);
  if (Object.keys(parsed.data).length > 1) return problem(`either of ${formsInWords}`);
  const problems = parsed.data.values.flatMap((each, i) => complain(field, each, [...path, 'values', String(i)]));
  return problems.length > 0 ? { problems } : { form: 'list', name, path, values: parsed.data.values };
}

function readInterval(
  { name, path }: RangePlace,
  field: z.core.$ZodType,
  { min, max, scale = 'linear' }: RawRange,
): SearchRange | RangeProblems {
  const number = innermost(field);
  const problem = (message: string, ...below: string[]): RangeProblems => ({
    problems: [{ path: [...path, ...below], message }],
  });
  if (!(number instanceof z.ZodNumber)) return problem('{ values: [...] }, as it is no number');
  if (min === undefined || max === undefined) return problem(formsInWords);
  const problems = [...complain(field, min, [...path, 'min']), ...complain(field, max, [...path, 'max'])];
  if (problems.length > 0) return { problems };
  if (min >= max) return problem(`a number above min (${min})`, 'max');
  if (scale === 'log' && min <= 0) return problem('a number above 0, for scale: log', 'min');
  return { form: 'interval', name, path, min, max, scale, whole: number.format === 'safeint' };
}

/** What the parameter's own schema objects to in `value`. */
function complain(field: z.core.$ZodType, value: unknown, path: string[]): SpaceProblem[] {
  const parsed = z.safeParse(field, value);
  return (parsed.error?.issues.slice(0, 1) ?? []).map((issue) => ({ path, message: describeExpectation(issue) }));
}

function innermost(field: z.core.$ZodType): z.core.$ZodType {
  let inner = field;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)
    inner = inner.def.innerType;
  return inner;
}

function fieldNamed(name: string): z.core.$ZodType | undefined {
  const [section = '', ...keys] = name.split('.');
  let field: z.core.$ZodType | undefined = Object.hasOwn(sections, section) ? sections[section] : undefined;
  for (const key of keys) {
    const fields: Readonly<Record<string, z.core.$ZodType>> = fieldsOf(field) ?? {};
    field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  }
  return field;
}

function expectedName(name: string): string {
  const known = Object.entries(sections).flatMap(([section, schema]) => [...namesBelow(schema, section)]);
  const nearest = nearestWord(name, known);
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `the name of a parameter of ${Object.keys(sections).join(' or ')}, such as train.lr${meant}`;
}

function* namesBelow(schema: z.core.$ZodType, path: string): Generator<string> {
  const fields = fieldsOf(schema);
  if (fields === undefined) yield path;
  else for (const [key, field] of Object.entries(fields)) yield* namesBelow(field, `${path}.${key}`);
}
