// npm run quickstart: from nothing to predictions in under three minutes, by the very commands a user would type; each
// is shown before it runs. Drawn pictures unless --photos DIR names a folder of real ones.
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { root, runStep } from './run-step.ts';

const folder = {
  raw: 'data/quickstart/raw',
  prepared: 'data/quickstart/prepared',
  model: 'models/quickstart/cnn.onnx',
  check: 'reports/quickstart/check.html',
  evaluation: 'reports/quickstart/evaluation',
};

// Smaller pictures and fewer epochs than the full recipe (params.yaml): two cores are done within three minutes.
const options = {
  photos: { type: 'string' },
  count: { type: 'string', default: '1600' },
  'image-size-px': { type: 'string', default: '48' },
  epochs: { type: 'string', default: '12' },
  lr: { type: 'string', default: '0.002' },
  seed: { type: 'string', default: '1' },
} as const;

/** Shows and runs one pawprint command; its exit code. */
async function pawprint(args: readonly string[]): Promise<number> {
  console.log(`\n$ npx pawprint ${args.join(' ')}`);
  return runStep(process.execPath, ['src/cli/main.ts', ...args]);
}

/** Runs the commands in order; stops at the first that fails. A gate that is not met (exit code 3) is worth seeing, not stopping for. */
async function runAll(commands: readonly (readonly string[])[]): Promise<number> {
  for (const command of commands) {
    const exitCode = await pawprint(command);
    if (exitCode !== 0 && exitCode !== 3) return exitCode;
  }
  return 0;
}

/** A few pictures of the test split, which training has not seen, from each class in turn. */
async function pickUnseen(count: number): Promise<string[]> {
  const csv = await readFile(join(root, folder.prepared, 'manifest.csv'));
  const rows: { path: string; label: string; split: string }[] = parse(csv, { columns: true });
  const byLabel = Map.groupBy(
    rows.filter((row) => row.split === 'test'),
    (row) => row.label,
  );
  const classes = [...byLabel.values()];
  return Array.from({ length: count }, (_, i) => classes[i % classes.length]?.[Math.floor(i / classes.length)])
    .flatMap((row) => (row === undefined ? [] : [`${folder.raw}/${row.path}`]))
    .sort();
}

function ending(seconds: number, drawn: boolean): string {
  const places = [
    [folder.raw, 'the pictures'],
    [folder.check, 'what is wrong with them, to look at'],
    [folder.prepared, 'manifest.json, manifest.csv and decoded shards'],
    [folder.model, 'the model: ONNX, opens in Netron'],
    [`${folder.evaluation}/index.html`, 'scores, charts, every mistake'],
  ].map(([place = '', what = '']) => `  ${place.padEnd(40)}  ${what}`);
  const next = [
    `npx pawprint predict --model ${folder.model} your-photo.jpg`,
    'npx pawprint --help',
    drawn
      ? 'npm run quickstart -- --photos path/to/photos      (cats/ and dogs/, or any class folders)'
      : `npx pawprint data prepare --data ${folder.raw}, then npx pawprint train cnn      (the full recipe)`,
  ].map((command) => `  ${command}`);
  const done = `Done in ${Math.round(seconds)} s.${drawn ? ' These were drawn pictures, not photos.' : ''}`;
  return ['', `${done} Where everything lies:`, ...places, '', 'What to type next:', ...next, ''].join('\n');
}

async function quickstart(): Promise<number> {
  const { values } = parseArgs({ options });
  const started = performance.now();
  // Only what an earlier quickstart left.
  for (const path of ['data/quickstart', 'reports/quickstart', 'models/quickstart'])
    await rm(join(root, path), { recursive: true, force: true });
  const get =
    values.photos === undefined
      ? ['data', 'sample', '--to', folder.raw, '--count', values.count, '--seed', values.seed]
      : ['data', 'import', resolve(process.env['INIT_CWD'] ?? '.', values.photos), '--to', folder.raw];
  const { 'image-size-px': imageSizePx, epochs, lr, seed } = values;
  const exitCode = await runAll([
    get,
    ['data', 'check', folder.raw, '--html', folder.check],
    ['data', 'prepare', '--data', folder.raw, '--to', folder.prepared, '--image-size-px', imageSizePx],
    ['train', 'cnn', '--data', folder.prepared, '--out', folder.model, '--epochs', epochs, '--lr', lr, '--seed', seed],
    ['evaluate', '--model', folder.model, '--data', folder.prepared, '--split', 'test', '--out', folder.evaluation],
  ]);
  if (exitCode !== 0) return exitCode;
  const predicted = await pawprint(['predict', '--model', folder.model, ...(await pickUnseen(6))]);
  if (predicted !== 0) return predicted;
  console.log(ending((performance.now() - started) / 1000, values.photos === undefined));
  return 0;
}

process.exitCode = await quickstart();
