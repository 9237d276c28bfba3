// Configuration, read once: defaults (in the schema) < params.yaml < --set key=value < flags, checked by one strict
// schema and frozen. Complaints name the key, its file and line, and the key that was probably meant.
import type { z } from 'zod';
import { PawprintError } from './errors.ts';
import type { ParamsFile } from './params-file.ts';
import { emptyTree, holds, isTree, mergeTrees, type ParamsTree } from './params-tree.ts';
import { listComplaints, nearestWord, type SchemaComplaint } from './schema-issues.ts';

export type { ParamsTree } from './params-tree.ts';

/** The file that is read when nobody names one, and may be absent. */
export const defaultParamsFile = 'params.yaml';

export interface LoadParamsOptions<Schema extends z.ZodObject> {
  /** A strict object whose every key has a default. */
  readonly schema: Schema;
  /** The YAML file. */
  readonly file: string;
  /** What messages call the file; its path unless given. */
  readonly label?: string;
  /** The user named the file, so it must exist. */
  readonly fileRequired: boolean;
  /** `train.learningRate=0.01`: the value is a YAML scalar or list. */
  readonly sets?: readonly string[];
  /** Values from dedicated flags, nested like the schema; undefined ones are as if absent. */
  readonly flags?: ParamsTree;
}

/**
 * Reads and checks the configuration. Throws CONFIG_INVALID for an unknown or ill-typed key or broken YAML,
 * FILE_NOT_FOUND for a required file that is not there, USAGE for a `--set` that is not key=value.
 */
export async function loadParams<Schema extends z.ZodObject>(
  options: LoadParamsOptions<Schema>,
): Promise<Readonly<z.output<Schema>>> {
  const { parseSet, readParamsFile } = await import('./params-file.ts');
  const read = await readParamsFile(options);
  const file = { ...read, tree: dropEmptyGroups(read.tree, options.schema) };
  const sets = (options.sets ?? []).map(parseSet).reduce(mergeTrees, {});
  const flags = options.flags ?? {};
  const tree = [file.tree, sets, flags].reduce(mergeTrees, {});
  const parsed = options.schema.safeParse(tree);
  if (parsed.success) return deepFreeze(parsed.data);
  const complaint = listComplaints(parsed.error, tree)[0];
  if (complaint === undefined) throw new Error('a schema failed without saying why');
  throw asConfigError(complaint, options.schema, placeOf(complaint.path.split('.'), { file, sets, flags }));
}

interface Sources {
  readonly file: ParamsFile;
  readonly sets: ParamsTree;
  readonly flags: ParamsTree;
}

/** Which source gave the value at `path`; the strongest that holds it. */
function placeOf(path: readonly string[], { file, sets, flags }: Sources): string {
  if (holds(flags, path)) return 'command line';
  if (holds(sets, path)) return '--set';
  const line = file.lineOf(path);
  return line === undefined ? file.label : `${file.label}:${line}`;
}

function asConfigError(complaint: SchemaComplaint, schema: z.ZodObject, place: string): PawprintError {
  const { path, expected, received, unknownKey } = complaint;
  if (unknownKey === undefined)
    return new PawprintError('CONFIG_INVALID', {
      message: `${place}: ${path === '' ? 'the settings do not go together' : `${path} has a value that does not fit`}`,
      expected,
      received,
      hint: `Correct ${path === '' ? 'it' : path} there.`,
    });
  const parent = path.split('.').slice(0, -1);
  const known = knownKeys(schema, parent);
  const nearest = nearestWord(unknownKey, known);
  return new PawprintError('CONFIG_INVALID', {
    message: `${place}: unknown key ${path}`,
    expected: known.length === 0 ? 'no key here' : `one of ${known.join(', ')}`,
    received: unknownKey,
    hint: nearest === undefined ? 'Remove it.' : `Did you mean ${[...parent, nearest].join('.')}?`,
  });
}

/** The fields of a group of settings, or undefined where `schema` is no group. */
export function fieldsOf(schema: z.core.$ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> | undefined {
  // By tag instead of by class: this file then needs zod's types alone.
  let def = (schema as z.core.$ZodTypes | undefined)?._zod.def;
  while (def?.type === 'optional' || def?.type === 'default' || def?.type === 'prefault')
    def = (def.innerType as z.core.$ZodTypes)._zod.def;
  return def?.type === 'object' ? def.shape : undefined;
}

/** The keys that `schema` knows below `path`. */
function knownKeys(schema: z.core.$ZodType | undefined, path: readonly string[]): string[] {
  const fields = fieldsOf(schema) ?? {};
  const [key, ...rest] = path;
  return key === undefined ? Object.keys(fields) : knownKeys(fields[key], rest);
}

/** `train:` with every line below it commented out is null in YAML; a reader means a group without settings. */
function dropEmptyGroups(tree: ParamsTree, schema: z.core.$ZodType | undefined): ParamsTree {
  const fields = fieldsOf(schema) ?? {};
  const kept = emptyTree();
  for (const [key, value] of Object.entries(tree)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (value === null && fieldsOf(field) !== undefined) continue;
    kept[key] = isTree(value) ? dropEmptyGroups(value, field) : value;
  }
  return kept;
}

function deepFreeze<T>(value: T): Readonly<T> {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
