// The rules of the layout as a pure function from files to violations: ranks, doors (index.ts), cycles, and who may
// touch the process, ONNX Runtime and the image decoders. architecture.test.ts runs it on src/ and on made-up trees.
import ts from 'typescript';

/** A folder imports only folders of lower rank. The order is the order in which data flows. */
export const ranks: Readonly<Record<string, number>> = {
  core: 0,
  image: 1,
  graph: 1,
  evaluation: 1,
  runtime: 2,
  data: 2,
  client: 2,
  tracking: 2,
  models: 3,
  features: 3,
  registry: 3,
  training: 4,
  inference: 4,
  monitoring: 5,
  api: 6,
  cli: 7,
};

/** Packages that one folder alone may import. */
const packageOwners: Readonly<Record<string, string>> = {
  'onnxruntime-node': 'runtime',
  'onnxruntime-common': 'runtime',
  sharp: 'image',
  '@julusian/jpeg-turbo': 'image',
  commander: 'cli',
};

/** Doors beside a folder's index.ts: a part of it, for processes and threads that are to start fast and stay small. */
const narrowDoors: ReadonlySet<string> = new Set([
  'graph/onnx-inspect.ts',
  'image/preprocessing.ts',
  'image/records.ts',
  'inference/serving/index.ts',
  'models/is-known-answer.ts',
  'models/model-file.ts',
]);

const maxLines = 500;

/** Paths relative to src/, with forward slashes, and their text. */
export type SourceTree = Readonly<Record<string, string>>;

/** Every broken rule, one line each: `file: what is wrong`. */
export function findViolations(tree: SourceTree): string[] {
  const imports = new Map(Object.entries(tree).map(([path, text]) => [path, readImports(text)]));
  const perFile = [...imports].flatMap(([path, targets]) => [
    ...targets.flatMap((target) => checkImport(path, target)),
    ...checkText(path, tree[path] ?? ''),
  ]);
  return [...perFile, ...findCycles(tree, imports)];
}

/** Every module that a file names: static and dynamic imports, re-exports, worker scripts by `new URL('./…')`. */
export function readImports(text: string): string[] {
  const imported = ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
  const urls = [...text.matchAll(/new URL\(\s*['"`](\.{1,2}\/[^'"`]+\.ts)['"`]\s*,\s*import\.meta\.url/g)];
  const workers = [...text.matchAll(/workerScript\(\s*import\.meta\.url\s*,\s*['"`]([^'"`]+)['"`]/g)];
  return [...imported, ...urls.map((match) => match[1] ?? ''), ...workers.map((match) => `./${match[1] ?? ''}.ts`)];
}

const isTest = (path: string): boolean => /\.test\.ts$|\/test-/.test(path);
const folderOf = (path: string): string => path.split('/')[0] ?? '';

/** `../core/index.ts` seen from `data/import/zip.ts` → `core/index.ts`; undefined when it leaves src/. */
export function resolveImport(from: string, target: string): string | undefined {
  const parts = from.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function checkImport(path: string, target: string): string[] {
  if (!target.startsWith('.')) return checkPackage(path, target);
  const resolved = resolveImport(path, target);
  if (resolved === undefined) return isTest(path) ? [] : [`${path}: imports ${target}, outside src/`];
  const [own, other] = [folderOf(path), folderOf(resolved)];
  if (own === other) return [];
  const [ownRank, otherRank] = [ranks[own], ranks[other]];
  if (ownRank === undefined) return [`${path}: the folder ${own} is not in the layer table`];
  if (otherRank === undefined) return [`${path}: imports ${other}, which is not in the layer table`];
  const violations: string[] = [];
  if (otherRank >= ownRank) violations.push(`${path}: ${own} (${ownRank}) imports ${other} (${otherRank})`);
  if (resolved !== `${other}/index.ts` && !narrowDoors.has(resolved))
    violations.push(`${path}: enters ${other} by ${target}, not by its index.ts`);
  return violations;
}

function checkPackage(path: string, target: string): string[] {
  const name = target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
  const owner = packageOwners[name];
  const allowed = owner === undefined || owner === folderOf(path) || isTest(path);
  return allowed ? [] : [`${path}: imports ${name}, which only ${owner} may`];
}

/** The text with comments blanked, so that words in them break no rule. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function checkText(path: string, text: string): string[] {
  const violations: string[] = [];
  const lines = text.split('\n').length;
  if (lines > maxLines) violations.push(`${path}: ${lines} lines, more than ${maxLines}`);
  if (isTest(path)) return violations;
  if (!/^(#!.*\n)?\/[/*]/.test(text)) violations.push(`${path}: no header comment`);
  const code = withoutComments(text);
  if (folderOf(path) !== 'cli') {
    if (/\bprocess\s*\.\s*(env|argv)\b|from 'node:process'/.test(code))
      violations.push(`${path}: reads the environment or argv, which only cli may`);
    if (/\bconsole\.|\bprocess\s*\.\s*(stdout|stderr)\b/.test(code))
      violations.push(`${path}: prints, which only cli may`);
  }
  if (path !== 'cli/main.ts' && /\bprocess\s*\.\s*exit\b/.test(code))
    violations.push(`${path}: exits the process, which only cli/main.ts may`);
  return violations;
}

/** One line for each import cycle, named by the files on it. */
function findCycles(tree: SourceTree, imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const trail: string[] = [];
  const cycles: string[] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push(`import cycle: ${[...trail.slice(at), path].join(' → ')}`);
    if (at >= 0 || done.has(path)) return;
    trail.push(path);
    for (const target of imports.get(path) ?? []) {
      const resolved = target.startsWith('.') ? resolveImport(path, target) : undefined;
      if (resolved !== undefined && resolved in tree) visit(resolved);
    }
    trail.pop();
    done.add(path);
  };
  for (const path of Object.keys(tree)) visit(path);
  return cycles;
}
