// The layout's rules hold in src/, and the check that says so can fail.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findViolations, ranks, readImports, type SourceTree } from './support/layer-rules.ts';

const sourceFolder = fileURLToPath(new URL('../src/', import.meta.url));

function readSourceTree(): SourceTree {
  const paths = globSync('**/*.ts', { cwd: sourceFolder }).map((path) => path.replaceAll('\\', '/'));
  const own = paths.filter((path) => !path.startsWith('graph/onnx-proto/'));
  return Object.fromEntries(own.map((path) => [path, readFileSync(join(sourceFolder, path), 'utf8')]));
}

test('src/ keeps every rule of the layout', () => {
  const tree = readSourceTree();
  assert.ok(Object.keys(tree).length > 50, 'the source files were found');
  assert.deepEqual(findViolations(tree), []);
});

test('ARCHITECTURE.md shows the same layer table', () => {
  const text = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| `src\/([a-z]+)\/` +\| +(\d) +\|/gm)].map(([, folder, rank]) => [
    folder,
    Number(rank),
  ]);
  const present = new Set(Object.keys(readSourceTree()).map((path) => path.split('/')[0]));
  assert.deepEqual(
    documented.sort(),
    Object.entries(ranks)
      .filter(([folder]) => present.has(folder))
      .sort(),
  );
});

test('imports are read in every form, and not out of comments', () => {
  const text = `// import './no.ts'
    import type { A } from './a.ts'; export * from './b.ts'; const c = await import('./c.ts');
    const d = new URL('./d.ts', import.meta.url); const e = workerScript(import.meta.url, 'e');`;
  assert.deepEqual(readImports(text), ['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts']);
});

const header = '// What this is.\n';
const broken: readonly (readonly [string, SourceTree, RegExp])[] = [
  [
    'upwards',
    { 'core/a.ts': `${header}import '../data/index.ts';`, 'data/index.ts': header },
    /core \(0\) imports data/,
  ],
  ['sideways', { 'image/a.ts': `${header}import '../graph/index.ts';` }, /image \(1\) imports graph \(1\)/],
  ['upwards, dynamically', { 'core/a.ts': `${header}await import('../cli/index.ts');` }, /imports cli/],
  ['upwards, as a worker', { 'core/a.ts': `${header}new URL('../cli/index.ts', import.meta.url);` }, /imports cli/],
  ['past the door', { 'data/a.ts': `${header}import { x } from '../core/hash.ts';` }, /not by its index\.ts/],
  ['outside src', { 'data/a.ts': `${header}import '../../tests/x.ts';` }, /outside src/],
  ['unknown folder', { 'utils/a.ts': `${header}import '../core/index.ts';` }, /utils is not in the layer table/],
  ['the environment', { 'data/a.ts': `${header}export const x = process.env.X;` }, /only cli may/],
  ['printing', { 'data/a.ts': `${header}console.log(1);` }, /prints/],
  ['exiting', { 'cli/run.ts': `${header}process.exit(1);` }, /only cli\/main\.ts/],
  ['ONNX Runtime', { 'models/a.ts': `${header}import 'onnxruntime-node';` }, /only runtime may/],
  ['sharp', { 'data/a.ts': `${header}await import('sharp');` }, /only image may/],
  ['no header', { 'core/a.ts': 'export const x = 1;\n' }, /no header/],
  ['too long', { 'core/a.ts': header + '\n'.repeat(500) }, /more than 500/],
  [
    'a cycle',
    { 'core/a.ts': `${header}import './b.ts';`, 'core/b.ts': `${header}import type { A } from './a.ts';` },
    /import cycle: core\/a\.ts → core\/b\.ts → core\/a\.ts/,
  ],
];

for (const [name, tree, expected] of broken)
  test(`a made-up tree is caught: ${name}`, () => {
    assert.match(findViolations(tree).join('\n'), expected);
  });

test('a made-up tree that keeps the rules passes', () => {
  const tree = {
    'core/index.ts': `${header}export * from './hash.ts';`,
    'core/hash.ts': `${header}// process.env is only mentioned here\n`,
    'data/import/zip.ts': `${header}import { x } from '../../core/index.ts'; import '../manifest.ts';`,
    'data/manifest.ts': header,
    'cli/main.ts': `${header}process.exit(Number(process.env.X)); console.log(1);`,
  };
  assert.deepEqual(findViolations(tree), []);
});
