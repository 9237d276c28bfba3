// npm run box-models -- --photos DIR [--only transfer|cnn]: trains the models in the box (models/cats-vs-dogs/) by the commands that a user
// types, scores them on the test split, and writes a card beside each. DIR has train/ and test/ with cats/ and dogs/.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { hashFile } from '../src/core/index.ts';
import { readModelFile } from '../src/models/index.ts';
import { root } from './run-step.ts';

interface Scores {
  readonly accuracy: number;
  readonly correct: number;
  readonly total: number;
  readonly accuracyInterval95: { readonly low: number; readonly high: number };
  readonly rocAuc: number;
  readonly logLoss: number;
  readonly ece: number;
  readonly abstention: {
    readonly answered: number;
    readonly unsure: number;
    readonly neither: number;
    readonly accuracy: number;
  };
}

interface Card {
  readonly title: string;
  readonly kind: 'transfer' | 'cnn';
  /** Parameter file, from the repository's root. */
  readonly params: string;
  readonly licence: string;
  readonly limits: readonly string[];
}

const cards: readonly Card[] = [
  {
    title: 'Cats against dogs, by transfer',
    kind: 'transfer',
    params: 'params.yaml',
    licence:
      'MIT for the head; it contains EfficientNet-Lite0, Apache-2.0 (assets/backbones/LICENSE-APACHE-2.0.txt, NOTICE)',
    limits: [
      'Two answers only: a wolf or a lynx is near enough to a dog or a cat to be called one.',
      '`neither` rests on what ImageNet taught the backbone; it misses what looks like fur.',
      'Its stated error rate holds for photos like those it was trained on, not for drawings, X-rays or night cameras.',
    ],
  },
  {
    title: 'Cats against dogs, a CNN from scratch',
    kind: 'cnn',
    params: 'examples/cnn-strong.yaml',
    licence: 'MIT',
    limits: [
      'The baseline of the guide, at 64 × 64 pixels: right about six times in seven. Use the transfer model for answers.',
      'It cannot say `neither`, and 200 validation photos are too few to say `unsure` with a guarantee.',
    ],
  },
];

const { values } = parseArgs({ options: { photos: { type: 'string' }, only: { type: 'string' } } });
if (values.photos === undefined) throw new Error('say where the photos are: --photos DIR, with train/ and test/ in it');
const photos = resolve(values.photos);
const work = await mkdtemp(join(tmpdir(), 'pawprint-box-'));

async function pawprint(...args: readonly string[]): Promise<string> {
  console.log(`pawprint ${args.join(' ')}`);
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'bin/pawprint.mjs'), ...args], {
    cwd: work,
    maxBuffer: 1 << 28,
  });
  return stdout;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

async function writeCard({ title, kind, licence, limits }: Card, command: string): Promise<void> {
  const path = join(root, 'models/cats-vs-dogs', `${kind}.onnx`);
  const args = ['--model', path, '--data', 'data/prepared', '--split', 'test', '--json', '--no-report', '--quiet'];
  const scores = JSON.parse(await pawprint('evaluate', ...args)) as Scores;
  const { metadata } = await readModelFile(path);
  const { low, high } = scores.accuracyInterval95;
  const { abstention } = scores;
  const trainedOn = kind === 'transfer' ? ['train', 'validation'] : ['train'];
  const count = trainedOn
    .flatMap((split) => Object.values(metadata.dataset.counts[split] ?? {}))
    .reduce((a, b) => a + b, 0);
  const lines = [
    `# ${title}`,
    '',
    `\`${kind}.onnx\`, SHA-256 \`${await hashFile('sha256', path)}\`, written by \`npm run box-models\`.`,
    '',
    '## Data',
    '',
    `${count} photos out of the public Cats and Dogs set (Microsoft, CDLA-Permissive-2.0), data set version`,
    `\`${metadata.dataset.md5}\`${kind === 'cnn' ? '; 200 more for validation and calibration' : ''}. No photo is part of the model file.`,
    '',
    '## Licence',
    '',
    `${licence}.`,
    '',
    '## Metrics',
    '',
    `On ${scores.total} test photos of the same set, which took no part in training:`,
    '',
    '| score | value |',
    '| --- | --- |',
    `| accuracy | ${percent(scores.accuracy)} (${scores.correct} of ${scores.total}; 95 %: ${percent(low)} to ${percent(high)}) |`,
    `| ROC AUC | ${scores.rocAuc.toFixed(4)} |`,
    `| log loss | ${scores.logLoss.toFixed(4)} |`,
    `| calibration error (ECE) | ${percent(scores.ece)} |`,
    `| answered | ${abstention.answered} (${abstention.unsure} unsure, ${abstention.neither} neither), ${percent(abstention.accuracy)} of them right |`,
    '',
    '## Limits',
    '',
    ...limits.map((limit) => `- ${limit}`),
    '',
    '## Command',
    '',
    '```sh',
    'pawprint data import PHOTOS --to data/raw',
    'pawprint data prepare --data data/raw --to data/prepared',
    command,
    '```',
    '',
    `Seed ${metadata.lineage.seed}; every parameter is in the file's metadata.`,
    '',
  ];
  await writeFile(path.replace(/\.onnx$/, '.md'), lines.join('\n'));
}

try {
  await pawprint('data', 'import', photos, '--to', 'data/raw', '--quiet');
  await pawprint('data', 'prepare', '--data', 'data/raw', '--to', 'data/prepared', '--quiet');
  for (const card of cards.filter(({ kind }) => values.only === undefined || values.only === kind)) {
    const own = ['train', card.kind, '--params', join(root, card.params), '--data', 'data/prepared', '--quiet'];
    await pawprint(...own, '--out', `${card.kind}.onnx`);
    await writeFile(
      join(root, 'models/cats-vs-dogs', `${card.kind}.onnx`),
      await readFile(join(work, `${card.kind}.onnx`)),
    );
    await writeCard(
      card,
      `pawprint train ${card.kind} --params ${card.params} --data data/prepared --out models/${card.kind}.onnx`,
    );
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
