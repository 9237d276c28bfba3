// npm run quickstart: from nothing to predictions in under three minutes, by the very commands a user would type; each
// is shown before it runs. Drawn pictures unless --photos DIR names a folder of real ones.
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, runStep } from './run-step.ts';

const folder = {
  raw: 'data/quickstart/raw',
  prepared: 'data/quickstart/prepared',
  model: 'models/quickstart.onnx',
  check: 'reports/quickstart/check.html',
  evaluation: 'reports/quickstart/evaluation',
};

const options = {
  photos: { type: 'string' },
  count: { type: 'string', default: '1600' },
  epochs: { type: 'string', default: '8' },
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

/** A few photos out of the raw folder, from every folder in turn, so that each class is among them. */
async function pickPhotos(count: number): Promise<string[]> {
  const entries = await readdir(join(root, folder.raw), { recursive: true, withFileTypes: true });
  const byFolder = new Map<string, string[]>();
  for (const entry of entries) {
    if (!entry.isFile() || !/\.(?:jpe?g|png|webp)$/i.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/');
    byFolder.set(entry.parentPath, [...(byFolder.get(entry.parentPath) ?? []), path]);
  }
  const folders = [...byFolder.values()].map((paths) => paths.sort());
  return Array.from({ length: count }, (_, i) => folders[i % folders.length]?.at(-1 - Math.floor(i / folders.length)))
    .filter((path) => path !== undefined)
    .sort();
}

function ending(seconds: number, drawn: boolean): string {
  const trainReal = 'npm run quickstart -- --photos path/to/photos   (with cats/ and dogs/, or any two folders, in it)';
  return `
Done in ${Math.round(seconds)} s.${drawn ? ' These were drawn pictures, not photos.' : ''} Where everything lies:
  ${folder.raw}          the pictures
  ${folder.check}   what is wrong with them, to look at
  ${folder.prepared}     manifest.json, manifest.csv and decoded shards
  ${folder.model}     the model: ONNX, opens in Netron
  ${folder.evaluation}   open index.html: scores, charts, every mistake

What to type next:
  npx pawprint predict --model ${folder.model} your-photo.jpg
  npx pawprint --help
  ${drawn ? trainReal : `npx pawprint train cnn --data ${folder.prepared} --out models/cnn.onnx   (the full recipe)`}
`;
}

async function quickstart(): Promise<number> {
  const { values } = parseArgs({ options });
  const started = performance.now();
  // Only what an earlier quickstart left.
  for (const path of ['data/quickstart', 'reports/quickstart', folder.model, 'models/quickstart'])
    await rm(join(root, path), { recursive: true, force: true });
  const get =
    values.photos === undefined
      ? ['data', 'sample', '--to', folder.raw, '--count', values.count, '--seed', values.seed]
      : ['data', 'import', resolve(process.env['INIT_CWD'] ?? '.', values.photos), '--to', folder.raw];
  const exitCode = await runAll([
    get,
    ['data', 'check', folder.raw, '--html', folder.check],
    ['data', 'prepare', '--data', folder.raw, '--to', folder.prepared],
    ['train', 'cnn', '--data', folder.prepared, '--out', folder.model, '--epochs', values.epochs],
    ['evaluate', '--model', folder.model, '--data', folder.prepared, '--split', 'test', '--out', folder.evaluation],
  ]);
  if (exitCode !== 0) return exitCode;
  const predicted = await pawprint(['predict', '--model', folder.model, ...(await pickPhotos(6))]);
  if (predicted !== 0) return predicted;
  console.log(ending((performance.now() - started) / 1000, values.photos === undefined));
  return 0;
}

process.exitCode = await quickstart();
