// What pawprint explain draws and says, pixel by pixel, of a model whose answers are known beforehand, of odd photos and bad
// input; and on drawn pictures, so without any photo at hand, that the heat is true.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { createRandom } from '../src/core/index.ts';
import { createExplainer, Predictor, summariseOcclusion } from '../src/inference/index.ts';
import { writeColourModel, writeColourPicture } from './support/colour-model.ts';
import { drawnDataset } from './support/drawn-dataset.ts';
import { type InProcessOutcome, runInProcess } from './support/run-in-process.ts';

interface Line {
  file: string;
  label?: string;
  class?: string;
  probability?: number;
  method?: string;
  exact?: boolean;
  peak?: { x: number; y: number } | null;
  out?: string;
  explanation?: string;
  error?: { code: string; message: string; hint?: string };
}

let cwd = '';

/** 80 × 60, left half red (the model: dogs), right half blue (cats). */
async function halfAndHalf(): Promise<Buffer> {
  const halves = Uint8Array.from({ length: 80 * 60 * 3 }, (_, i) => {
    const hot = Math.floor(i / 3) % 80 < 40 ? 0 : 2;
    return i % 3 === hot ? 230 : 20;
  });
  return sharp(halves, { raw: { width: 80, height: 60, channels: 3 } })
    .png()
    .toBuffer();
}

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-explain-'));
  await writeColourModel(join(cwd, 'models/cnn.onnx'));
  await writeColourPicture(join(cwd, 'red.jpg'), [255, 0, 0]);
  await writeColourPicture(join(cwd, 'blue.png'), [0, 0, 255]);
  await writeFile(join(cwd, 'half.png'), await halfAndHalf());
  await writeFile(join(cwd, 'notes.txt'), 'no picture at all');
  await mkdir(join(cwd, 'many/more'), { recursive: true });
  await writeFile(join(cwd, 'many/a.png'), await halfAndHalf());
  await writeFile(join(cwd, 'many/b.jpg'), 'no picture');
  await writeFile(join(cwd, 'many/more/a.png'), await halfAndHalf());
});
after(async () => rm(cwd, { recursive: true, force: true }));

const run = (...args: string[]): Promise<InProcessOutcome> => runInProcess(args, { cwd });
const explain = (...args: string[]): Promise<InProcessOutcome> => run('explain', ...args);
const linesOf = (out: string): Line[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

/** Size, and the mean colour of the left and the right half of the photo within an overlay of half.png. */
async function halvesOf(path: string): Promise<{ size: number[]; left: number[]; right: number[] }> {
  const { width, height } = await sharp(path).metadata();
  // 320 × 240, in the middle of a picture 400 wide; a little away from the edges.
  const mean = async (left: number): Promise<number[]> => {
    const part = await sharp(path).extract({ left, top: 10, width: 120, height: 220 }).png().toBuffer();
    return (await sharp(part).stats()).channels.slice(0, 3).map((channel) => channel.mean);
  };
  return { size: [width, height], left: await mean(50), right: await mean(230) };
}

test('one photo: the picture has heat where the class is, none elsewhere, and the words say where', async () => {
  const { exitCode, out, err } = await explain('half.png', '--class', 'dogs', '--out', 'one/dogs.png');
  assert.deepEqual([exitCode, err], [0, '']);
  assert.match(
    out,
    /^half\.png: dogs 50\.\d\d %; most at \d+ % from the left, 50 % from the top \(pixel-contribution\)/,
  );
  assert.match(out, /wrote one\/dogs\.png\n$/);
  const dogs = await halvesOf(join(cwd, 'one/dogs.png'));
  assert.deepEqual(dogs.size, [400, 294]);
  assert.deepEqual(dogs.right.map(Math.round), [20, 20, 230], 'the cold half is the photo');
  assert.ok((dogs.left[1] ?? 0) > 100, `the hot half is yellow: ${dogs.left.join()}`);
  assert.equal((await explain('half.png', '--class', 'cat', '--out', 'one/cats.png')).exitCode, 0);
  const cats = await halvesOf(join(cwd, 'one/cats.png'));
  assert.deepEqual(cats.left.map(Math.round), [230, 20, 20]);
  assert.ok((cats.right[1] ?? 0) > 100, cats.right.join());
});

test('--json: the answer, the class asked for, the method, the peak and the file', async () => {
  const { out } = await explain('red.jpg', '--json', '--class', 'cats');
  const [line] = linesOf(out);
  assert.deepEqual(
    [line?.file, line?.label, line?.class, line?.method, line?.exact, line?.peak, line?.out],
    ['red.jpg', 'dogs', 'cats', 'pixel-contribution', true, null, 'heat.png'],
  );
  assert.ok(Math.abs((line?.probability ?? NaN) - 1 / (1 + Math.exp(4))) < 2e-3);
  assert.match((await explain('red.jpg', '--class', 'cats')).out, /nothing speaks for cats/);
  const [left] = linesOf((await explain('half.png', '--json', '--class', 'dogs')).out);
  assert.ok(Math.abs((left?.peak?.x ?? NaN) - 0.25) < 0.05 && Math.abs((left?.peak?.y ?? NaN) - 0.5) < 0.05);
});

test('a photo that is stored turned (EXIF) is explained upright; grey, transparent and tiny ones are explained too', async () => {
  const turned = sharp(await halfAndHalf())
    .rotate(90)
    .withMetadata({ orientation: 8 })
    .jpeg({ quality: 100 });
  await writeFile(join(cwd, 'turned.jpg'), await turned.toBuffer());
  const args = ['turned.jpg', '--class', 'dogs', '--out', 'turned.png', '--json'];
  const [line] = linesOf((await explain(...args)).out);
  assert.ok((line?.peak?.x ?? NaN) < 0.45, JSON.stringify(line));
  const { size, left, right } = await halvesOf(join(cwd, 'turned.png'));
  assert.deepEqual(size, [400, 294]);
  assert.ok((left[1] ?? 0) > 100 && (right[1] ?? 255) < 40, `${left.join()} and ${right.join()}`);
  await mkdir(join(cwd, 'odd'));
  await sharp(await halfAndHalf())
    .greyscale()
    .png()
    .toFile(join(cwd, 'odd/grey.png'));
  await sharp(await halfAndHalf())
    .ensureAlpha(0.5)
    .png()
    .toFile(join(cwd, 'odd/rgba.png'));
  await sharp(await halfAndHalf())
    .resize(1, 1)
    .png()
    .toFile(join(cwd, 'odd/one.png'));
  await sharp(await halfAndHalf())
    .resize(2400, 30, { fit: 'fill' })
    .png()
    .toFile(join(cwd, 'odd/wide.png'));
  assert.equal((await explain('odd', '--out', 'odd-heat')).exitCode, 0);
  const sizes = [];
  for (const name of ['grey', 'one', 'rgba', 'wide']) {
    const { width, height } = await sharp(join(cwd, 'odd-heat', `${name}.png`)).metadata();
    sizes.push([width, height]);
  }
  assert.deepEqual(sizes, [[400, 294], [400, 374], [400, 294], [1024, 67]]); // prettier-ignore
});

test('a folder: one picture a photo, a bad one is reported in its place, the exit code is 1', async () => {
  const { exitCode, out, err } = await explain('many', 'missing.jpg', '--out', 'heat', '--json');
  assert.equal(exitCode, 1);
  assert.match(err, /2 of 4 could not be explained/);
  assert.deepEqual(
    linesOf(out).map(({ file, out: path, error }) => [file, path ?? error?.code]),
    [
      ['many/a.png', 'heat/a.png'],
      ['many/b.jpg', 'IMAGE_UNSUPPORTED'],
      ['many/more/a.png', 'heat/a-2.png'],
      ['missing.jpg', 'FILE_NOT_FOUND'],
    ],
  );
  assert.deepEqual((await readdir(join(cwd, 'heat'))).sort(), ['a-2.png', 'a.png']);
  const text = await explain('many', '--out', 'heat2');
  assert.equal(text.exitCode, 1);
  assert.match(text.out, /^many\/b\.jpg: /m);
});

test('what cannot be done is refused with the right code, and nothing is written', async () => {
  for (const [args, code, exit] of [
    [['half.png', '--out', 'refused.jpg'], 'USAGE', 2],
    [['many', '--out', 'refused.png'], 'USAGE', 2],
    [['half.png', 'red.jpg', '--out', 'refused.png'], 'USAGE', 2],
    [['half.png', '--class', 'horses', '--out', 'refused.png'], 'USAGE', 2],
    [['notes.txt', '--out', 'refused.png'], 'IMAGE_UNSUPPORTED', 1],
    [['missing.jpg', '--out', 'refused.png'], 'FILE_NOT_FOUND', 1],
    [['half.png', '--model', 'notes.txt', '--out', 'refused.png'], 'MODEL_INVALID', 1],
    [['half.png', '--model', 'missing.onnx', '--out', 'refused.png'], 'FILE_NOT_FOUND', 1],
  ] as const) {
    const { exitCode, out, err } = await explain(...args, '--json');
    assert.equal((JSON.parse(out) as Line).error?.code, code, args.join(' '));
    assert.equal(exitCode, exit, args.join(' '));
    assert.match(err, /hint:/, args.join(' '));
  }
  assert.deepEqual((await readdir(cwd)).filter((name) => name.startsWith('refused')), []); // prettier-ignore
  const { err } = await explain('half.png', '--class', 'horses');
  assert.match(err, /horses[\s\S]*cats, dogs/);
});

test('predict --explain: the same lines as without, and a picture for each photo that could be read', async () => {
  const plain = await run('predict', 'many', 'red.jpg');
  const explained = await run('predict', 'many', 'red.jpg', '--explain', 'pictures');
  assert.deepEqual([explained.exitCode, explained.out, explained.err], [1, plain.out, plain.err]);
  assert.deepEqual((await readdir(join(cwd, 'pictures'))).sort(), ['a-2.png', 'a.png', 'red.png']);
  const csv = await run('predict', 'red.jpg', '--csv', '--explain', 'pictures');
  assert.equal(csv.out, (await run('predict', 'red.jpg', '--csv')).out);
  const json = linesOf((await run('predict', 'many', '--json', '--explain', 'pictures')).out);
  assert.deepEqual(
    json.map(({ explanation, error }) => explanation ?? error?.code),
    ['pictures/a.png', 'IMAGE_UNSUPPORTED', 'pictures/a-2.png'],
  );
  await explain('red.jpg', '--out', 'alone.png');
  assert.deepEqual(await readFile(join(cwd, 'pictures/red.png')), await readFile(join(cwd, 'alone.png')));
});

test('drawn pictures: covering the hot place changes the answer more than covering a cold one', async (t) => {
  await run('data', 'sample', '--to', 'drawn', '--count', '60', '--seed', '9');
  const trained = await run('train', 'transfer', '--data', 'drawn', '--out', 'models/drawn.onnx');
  assert.equal(trained.exitCode, 0, trained.err);
  const model = join(cwd, 'models/drawn.onnx');
  const [explainer, predictor] = [await createExplainer(model), await Predictor.load(model)];
  const { imageSizePx } = predictor.metadata.preprocessing;
  const split = drawnDataset({ counts: { train: 0, validation: 0, test: 24 }, imageSizePx }).split('test');
  const records = Array.from({ length: split.count }, (_, i) => {
    const record = new Uint8Array(split.recordBytes);
    split.readRecord(i, record, 0);
    return record;
  });
  const result = await summariseOcclusion({ explainer, predictor }, records, (i) => createRandom('occlusion', i));
  const summary = JSON.stringify(result);
  t.diagnostic(summary);
  assert.ok(result.hot > result.cold && result.hot > result.random && result.hotterShare > 0.5, summary);

  // The backbone rounds its pooled features to 8 bits: the map adds up to the logit nearly, and says so.
  const [record = new Uint8Array(0)] = records;
  const { map, offset, logit } = await explainer.explainRecord(record, { labelIndex: 1 });
  assert.deepEqual([explainer.method, explainer.exact, offset === null], ['cam', false, false]);
  const sum = map.reduce((total, value) => total + value / map.length, offset ?? NaN);
  assert.ok(Math.abs(sum - logit) < 0.1, `${sum} ≠ ${logit}`);
  await Promise.all([explainer.close(), predictor.close()]);
});
