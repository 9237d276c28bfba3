// How well the familiarity of a transfer model tells photos of its classes from everything else: AUROC, and the share of
// each kind that is called "neither" at the model's threshold. Drawn cats and dogs, noise and flat textures are made here;
// --others DIR adds photos of other things (any folder).
// Usage: node bench/neither.ts --model FILE --photos ../shared/data/cats-vs-dogs/test [--others DIR]
import { parseArgs } from 'node:util';
import { createRandom } from '../src/core/index.ts';
import { rocAuc } from '../src/evaluation/index.ts';
import { drawAnimal, encodePng, type Pixels } from '../src/image/index.ts';
import { listPhotoInputs, type PhotoInput, Predictor } from '../src/inference/index.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/cats-vs-dogs/transfer.onnx' },
    photos: { type: 'string', default: '../shared/data/cats-vs-dogs/test' },
    others: { type: 'string' },
    count: { type: 'string', default: '200' },
  },
});
const count = Number(values.count);
const sidePx = 256;

type Random = ReturnType<typeof createRandom>;

async function* made(kind: string, paint: (random: Random) => Pixels | Promise<Pixels>): AsyncGenerator<PhotoInput> {
  for (let i = 0; i < count; i++)
    yield { name: `${kind} ${i}`, bytes: await encodePng(await paint(createRandom('neither', kind, i))) };
}

function canvas(colourAt: (x: number, y: number) => readonly [number, number, number]): Pixels {
  const data = new Uint8Array(3 * sidePx * sidePx);
  for (let y = 0; y < sidePx; y++)
    for (let x = 0; x < sidePx; x++) data.set(colourAt(x, y).map(clampByte), 3 * (y * sidePx + x));
  return { width: sidePx, height: sidePx, data };
}

const clampByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

function noise(random: Random): Pixels {
  return canvas(() => [255 * random.next(), 255 * random.next(), 255 * random.next()]);
}

/** Waves of random direction and length in a random colour: cloth, water, wood from afar. */
function texture(random: Random): Pixels {
  const base = [random.next(), random.next(), random.next()].map((share) => 60 + 135 * share);
  const waves = Array.from({ length: 4 }, () => ({
    x: random.next() - 0.5,
    y: random.next() - 0.5,
    phase: 6.3 * random.next(),
    height: 30 * random.next(),
  }));
  return canvas((x, y) => {
    const sum = waves.reduce((total, wave) => total + wave.height * Math.sin(wave.x * x + wave.y * y + wave.phase), 0);
    return [(base[0] ?? 0) + sum, (base[1] ?? 0) + sum, (base[2] ?? 0) + sum];
  });
}

const predictor = await Predictor.load(values.model);

async function scoresOf(inputs: AsyncIterable<PhotoInput> | Iterable<PhotoInput>) {
  const [familiarity, decisions] = [[] as number[], [] as string[]];
  for await (const answer of predictor.predictMany(inputs)) {
    if ('error' in answer) continue;
    familiarity.push(answer.prediction.familiarity ?? 1);
    decisions.push(answer.prediction.decision);
  }
  return { familiarity, decisions };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const shareOf = (decisions: readonly string[], decision: string): string =>
  percent(decisions.filter((each) => each === decision).length / decisions.length);

const known = await scoresOf(listPhotoInputs([values.photos], (path) => path));
const kinds: Record<string, AsyncIterable<PhotoInput>> = {
  'drawn cats and dogs': made('drawn', (random) => drawAnimal({ label: random.next() < 0.5 ? 'cat' : 'dog', random })),
  noise: made('noise', noise),
  textures: made('texture', texture),
  ...(values.others === undefined
    ? {}
    : { 'photos of other things': listPhotoInputs([values.others], (path) => path) }),
};
console.log(`threshold ${predictor.metadata.familiarity?.threshold.toFixed(3) ?? 'none'}`);
console.log(
  `${known.decisions.length} photos of the classes: ${shareOf(known.decisions, 'neither')} neither, ${shareOf(known.decisions, 'unsure')} unsure`,
);
for (const [kind, inputs] of Object.entries(kinds)) {
  const { familiarity, decisions } = await scoresOf(inputs);
  const labels = [...known.familiarity.map(() => 1), ...familiarity.map(() => 0)];
  const auc = rocAuc(labels, [...known.familiarity, ...familiarity])?.auc ?? NaN;
  console.log(
    `${kind} (${decisions.length}): AUROC ${auc.toFixed(4)}; ${shareOf(decisions, 'neither')} neither, ${shareOf(decisions, 'unsure')} unsure`,
  );
}
await predictor.close();
