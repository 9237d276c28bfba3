// How far a linear head on pretrained features gets with few photos: heads fitted on several draws from the train
// split, and one on all of it, each scored on the whole test split. Draws take as many photos of every class.
// Usage: node bench/few-photos.ts --photos ../shared/data/cats-vs-dogs [--draws 10] [--counts 20,100] [--seed 1]
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom, silentProgress } from '../src/core/index.ts';
import { createFeatureExtractor, openBackbone } from '../src/features/index.ts';
import { fitLinearHead, type LinearHeadFit } from '../src/training/index.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '../shared/data/cats-vs-dogs' },
    backbone: { type: 'string' },
    draws: { type: 'string', default: '10' },
    counts: { type: 'string', default: '20,100' },
    seed: { type: 'string', default: '1' },
    cache: { type: 'string' },
  },
});

interface Split {
  /** [n, d] */
  readonly features: Float32Array;
  readonly labels: Uint8Array;
  readonly featureCount: number;
}

const backbone = await openBackbone(values.backbone);
const classNames = (await readdir(join(values.photos, 'train'))).sort();
const seed = Number(values.seed);

async function loadSplit(name: string): Promise<Split> {
  const perClass = await Promise.all(
    classNames.map(async (className) => {
      const directory = join(values.photos, name, className);
      return (await readdir(directory)).sort().map((file) => ({ path: join(directory, file) }));
    }),
  );
  const extractor = createFeatureExtractor({
    backbone,
    cacheDirectory: values.cache ?? null,
    progress: silentProgress,
  });
  try {
    const { features, featureCount, failed } = await extractor.extract(perClass.flat());
    for (const { error } of failed) throw error;
    return {
      features,
      featureCount,
      labels: Uint8Array.from(perClass.flatMap((files, label) => files.map(() => label))),
    };
  } finally {
    await extractor.close();
  }
}

/** `count` photos of a split, as many of every class. */
function draw({ features, labels, featureCount: d }: Split, count: number, number: number): Split {
  const random = createRandom(seed, 'few photos', count, number);
  const rows = classNames.flatMap((_, label) => {
    const own = [...labels.keys()].filter((row) => labels[row] === label);
    return random.shuffle(own).slice(0, Math.round(count / classNames.length));
  });
  const drawn = new Float32Array(rows.length * d);
  rows.forEach((row, i) => drawn.set(features.subarray(row * d, (row + 1) * d), i * d));
  return { features: drawn, labels: Uint8Array.from(rows, (row) => labels[row] ?? 0), featureCount: d };
}

function fit(split: Split): Promise<LinearHeadFit> {
  return fitLinearHead({
    ...split,
    classCount: classNames.length,
    classNames,
    classWeights: 'balanced',
    seed,
    threads: 1,
  });
}

/** Photos of `split` that the head gives their class. */
function correct({ weights, bias }: LinearHeadFit, { features, labels, featureCount: d }: Split): number {
  let right = 0;
  labels.forEach((label, row) => {
    const logits = Array.from(bias, (b, c) => {
      let logit = b;
      for (let j = 0; j < d; j++) logit += (weights[c * d + j] ?? 0) * (features[row * d + j] ?? 0);
      return logit;
    });
    const predicted = logits.length === 1 ? Number((logits[0] ?? 0) > 0) : logits.indexOf(Math.max(...logits));
    if (predicted === label) right++;
  });
  return right;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const [train, test] = [await loadSplit('train'), await loadSplit('test')];
const [all, tested] = [train.labels.length, test.labels.length];
console.log(`${backbone.name}: ${all} train and ${tested} test photos of ${classNames.join(', ')}`);
for (const count of values.counts.split(',').map(Number)) {
  const shares: number[] = [];
  for (let number = 0; number < Number(values.draws); number++)
    shares.push(correct(await fit(draw(train, count, number)), test) / tested);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const spread = Math.sqrt(
    shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / Math.max(1, shares.length - 1),
  );
  console.log(
    `${count} photos: ${percent(mean)} of the test photos, standard deviation ${percent(spread)} over ${shares.length} draws ` +
      `(${percent(Math.min(...shares))} to ${percent(Math.max(...shares))})`,
  );
}
const startCpu = process.cpuUsage();
const whole = await fit(train);
const { user, system } = process.cpuUsage(startCpu);
const right = correct(whole, test);
console.log(
  `${all} photos: ${right} of ${tested}, ${percent(right / tested)}; strength ${whole.strength}, ` +
    `${whole.table.length} strengths in ${whole.folds} folds fitted in ${((user + system) / 1e6).toFixed(1)} CPU seconds`,
);
