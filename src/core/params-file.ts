// params.yaml and `--set` values: YAML to settings, with the line on which each stands. Loaded when settings are read:
// most threads and commands read none, and a YAML parser is large.
import { readFile, stat } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { asPawprintError, PawprintError } from './errors.ts';
import { emptyTree, type ParamsTree } from './params-tree.ts';
import { previewValue } from './schema-issues.ts';

const maxFileBytes = 1 << 20;
const maxAliases = 100;

export interface ParamsFileOptions {
  readonly file: string;
  /** What messages call the file; its path unless given. */
  readonly label?: string;
  /** The user named the file, so it must exist. */
  readonly fileRequired: boolean;
}

export interface ParamsFile {
  readonly label: string;
  readonly tree: ParamsTree;
  readonly lineOf: (path: readonly string[]) => number | undefined;
}

/** Reads the file that `loadParams` was told of; without one, no settings. Errors as `loadParams`. */
export async function readParamsFile(options: ParamsFileOptions): Promise<ParamsFile> {
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

/** `train.learningRate=0.01` as a tree. */
export function parseSet(text: string): ParamsTree {
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

function invalid(message: string, expected: string, received: string): PawprintError {
  return new PawprintError('CONFIG_INVALID', { message, expected, received });
}
