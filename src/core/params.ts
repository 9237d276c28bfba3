// Configuration, read once: defaults (in the schema) < params.yaml < --set key=value < flags, checked by one strict
// schema and frozen. Complaints name the key, its file and line, and the key that was probably meant.
import { readFile, stat } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { asPawprintError, PawprintError } from './errors.ts';
import { listComplaints, nearestWord, previewValue, type SchemaComplaint } from './schema-issues.ts';

/** The file that is read when nobody names one, and may be absent. */
export const defaultParamsFile = 'params.yaml';

const maxFileBytes = 1 << 20;
const maxAliases = 100;

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

/** Settings by key, nested. */
export interface ParamsTree {
  readonly [key: string]: unknown;
}

interface ParamsFile {
  readonly label: string;
  readonly tree: ParamsTree;
  readonly lineOf: (path: readonly string[]) => number | undefined;
}

/**
 * Reads and checks the configuration. Throws CONFIG_INVALID for an unknown or ill-typed key or broken YAML,
 * FILE_NOT_FOUND for a required file that is not there, USAGE for a `--set` that is not key=value.
 */
export async function loadParams<Schema extends z.ZodObject>(
  options: LoadParamsOptions<Schema>,
): Promise<Readonly<z.output<Schema>>> {
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

async function readParamsFile(options: LoadParamsOptions<z.ZodObject>): Promise<ParamsFile> {
  const { file, label = file, fileRequired } = options;
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes)
      throw invalid(`${label} is too large for a parameter file`, `at most ${maxFileBytes} bytes`, `${size} bytes`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing && !fileRequired) return { label, tree: {}, lineOf: () => undefined };
    throw asPawprintError(error, `reading ${label}`);
  }
  return parseParamsFile(label, text);
}

function parseParamsFile(label: string, text: string): ParamsFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined)
    throw new PawprintError('CONFIG_INVALID', {
      message: `${label}:${lines.linePos(problem.pos[0]).line}: not valid YAML: ${problem.message}`,
      hint: 'Indent with spaces, and write one "key: value" a line.',
    });
  const value = toPlainValue(document, label);
  if (value !== null && value !== undefined && (typeof value !== 'object' || Array.isArray(value)))
    throw invalid(`${label} holds no settings`, 'groups of "key: value" lines', previewValue(value));
  const lineOf = (keys: readonly string[]): number | undefined => {
    const offset = keyOffset(document, keys);
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
  return { label, tree: (value ?? {}) as ParamsTree, lineOf };
}

function toPlainValue(document: Document, label: string): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases }) as unknown;
  } catch (error) {
    throw new PawprintError('CONFIG_INVALID', {
      message: `${label} uses its aliases too often: ${error instanceof Error ? error.message : String(error)}`,
      expected: `at most ${maxAliases} expanded aliases`,
      hint: 'Write the values out instead of using *aliases.',
      cause: error,
    });
  }
}

/** Where the last of `keys` stands in the text, or the deepest of them that stands there at all. */
function keyOffset(document: Document, keys: readonly string[]): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (let at = 0; at < keys.length;) {
    if (!isMap(node)) return offset;
    // A key may itself be dotted (train.lr below tune.space): then it stands for several of `keys`.
    const rest = `${keys.slice(at).join('.')}.`;
    const pair = node.items.find((item) => isScalar(item.key) && rest.startsWith(`${String(item.key.value)}.`));
    if (pair === undefined || !isScalar(pair.key)) return offset;
    offset = pair.key.range?.[0] ?? offset;
    at += String(pair.key.value).split('.').length;
    node = pair.value;
  }
  return offset;
}

function parseSet(text: string): ParamsTree {
  const [, path, value = ''] = /^([\w-]+(?:\.[\w-]+)*)\s*=(.*)$/s.exec(text) ?? [];
  if (path === undefined)
    throw new PawprintError('USAGE', {
      message: '--set is not understood',
      expected: 'key=value, the key as in params.yaml (train.learningRate=0.01)',
      received: previewValue(text),
    });
  const document = parseDocument(value, { prettyErrors: false });
  if (document.errors.length > 0)
    throw invalid(`--set ${path} has a value that cannot be read`, 'a number, true, false, text or a [list]', value);
  let tree: unknown = toPlainValue(document, '--set');
  for (const key of path.split('.').reverse()) tree = emptyTree({ [key]: tree });
  return tree as ParamsTree;
}

/** A tree without a prototype, so that a key called __proto__ is a key like any other (and then an unknown one). */
function emptyTree(entries: ParamsTree = {}): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, entries);
}

function isTree(value: unknown): value is ParamsTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeTrees(below: ParamsTree, above: ParamsTree): ParamsTree {
  const merged = emptyTree(below);
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const under = merged[key];
    merged[key] = isTree(value) ? mergeTrees(isTree(under) ? under : {}, value) : value;
  }
  return merged;
}

interface Sources {
  readonly file: ParamsFile;
  readonly sets: ParamsTree;
  readonly flags: ParamsTree;
}

function holds(tree: ParamsTree, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  if (!Object.hasOwn(tree, key) || tree[key] === undefined) return false;
  const value = tree[key];
  return rest.length === 0 || !isTree(value) || holds(value, rest);
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
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)
    inner = inner.def.innerType;
  return inner instanceof z.ZodObject ? inner.shape : undefined;
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

function invalid(message: string, expected: string, received: string): PawprintError {
  return new PawprintError('CONFIG_INVALID', { message, expected, received });
}

function deepFreeze<T>(value: T): Readonly<T> {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
