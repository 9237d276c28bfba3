// The first block as one piece (statistics from the covariance of its patches, gradient by hand) against the same
// layers differentiated one by one: output, statistics and gradients, in either sign of the scale and with ties.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../src/core/index.ts';
import {
  differentiate,
  firstBlock,
  float,
  GraphBuilder,
  int,
  ints,
  isFirstBlock,
  type NormPoolOutputs,
  type Value,
  writeOnnx,
} from '../../src/graph/index.ts';
import { createSession, type Tensor } from '../../src/runtime/index.ts';

const epsilon = 1e-5;
const filters = 5;
type Operands = Readonly<Record<'image' | 'weight' | 'scale' | 'shift', Value>>;

/** relu(maxpool(batchnorm(conv(image)))), written out. */
function parts(b: GraphBuilder, { image, weight, scale, shift }: Operands): NormPoolOutputs {
  const kernel = Number(weight.shape[2]);
  const pad = (kernel - 1) / 2;
  const y = b.node('Conv', [image, weight], { kernel_shape: ints(kernel, kernel), pads: ints(pad, pad, pad, pad) });
  const scratch = [b.mul(scale, b.floats([0])), b.mul(shift, b.floats([0]))];
  const [norm, mean, variance] = b.outputsOf(
    'BatchNormalization',
    [y, scale, shift, ...scratch],
    { training_mode: int(1), momentum: float(0), epsilon: float(epsilon) },
    { outputs: 3 },
  );
  if (norm === undefined || mean === undefined || variance === undefined) throw new Error('three outputs');
  const pooled = b.node('MaxPool', [norm], { kernel_shape: ints(2, 2), strides: ints(2, 2) });
  return { out: b.node('Relu', [pooled]), mean, variance };
}

async function results(
  build: (b: GraphBuilder, operands: Operands) => NormPoolOutputs,
  feeds: Readonly<Record<keyof Operands | 'seed', Tensor>>,
): Promise<Float32Array[]> {
  const b = new GraphBuilder();
  const input = (name: keyof typeof feeds): Value => b.input(name, 'float32', feeds[name].dims);
  const operands = { image: input('image'), weight: input('weight'), scale: input('scale'), shift: input('shift') };
  const built = build(b, operands);
  const wrt = [operands.weight, operands.scale, operands.shift];
  const found = differentiate(b, [{ value: built.out, gradient: input('seed') }], wrt);
  const gradients = found.map((value) => value ?? assert.fail('a gradient is missing'));
  const outputs = [built.out, built.mean, built.variance, ...gradients];
  const session = await createSession(writeOnnx(b.build('test', outputs)), { threads: 1 });
  const ran = await session.run(feeds);
  await session.release();
  return outputs.map((value) => Float32Array.from((ran[value.name]?.data ?? []) as Float32Array));
}

interface Case {
  readonly kind: string;
  readonly shape: readonly [number, number, number, number];
  readonly kernel: number;
  readonly pixel: (random: ReturnType<typeof createRandom>) => number;
}

const cases: readonly Case[] = [
  { kind: 'noise', shape: [3, 3, 8, 6], kernel: 3, pixel: (random) => random.normal() },
  { kind: 'pixels far from zero', shape: [2, 3, 6, 10], kernel: 3, pixel: (random) => 20 + random.next() },
  { kind: 'one channel, larger kernel', shape: [3, 1, 6, 8], kernel: 5, pixel: (random) => random.next() },
  { kind: 'one position', shape: [4, 3, 4, 4], kernel: 1, pixel: (random) => random.next() },
  { kind: 'flat regions', shape: [4, 3, 8, 8], kernel: 3, pixel: (random) => (random.next() < 0.9 ? 0 : 1) },
];

for (const { kind, shape, kernel, pixel } of cases)
  test(`the first block as one piece equals its parts: ${kind}`, async () => {
    const random = createRandom(1, kind);
    const [n, channels, height, width] = shape;
    const values = (dims: readonly number[], make: () => number): Tensor => ({
      data: Float32Array.from({ length: dims.reduce((a, size) => a * size, 1) }, make),
      dims,
    });
    const feeds = {
      image: values(shape, () => pixel(random)),
      weight: values([filters, channels, kernel, kernel], () => random.normal()),
      // Both signs: pooling after a negative scale picks the minimum.
      scale: { data: Float32Array.of(1.2, -0.7, 0.4, -1.5, 0.9), dims: [filters] },
      shift: { data: Float32Array.of(0.1, 0.2, -0.3, 0.4, 0), dims: [filters] },
      seed: values([n, filters, height / 2, width / 2], () => random.normal()),
    };
    const expected = await results(parts, feeds);
    const actual = await results((b, operands) => {
      assert.ok(isFirstBlock(b, operands.image, kernel));
      return firstBlock(b, { ...operands, epsilon });
    }, feeds);
    ['output', 'mean', 'variance', 'dweight', 'dscale', 'dshift'].forEach((name, i) => {
      const largest = Math.max(...(expected[i] ?? []).map(Math.abs));
      assert.equal(actual[i]?.length, expected[i]?.length, name);
      expected[i]?.forEach((value, k) =>
        assert.ok(
          Math.abs(value - (actual[i]?.[k] ?? Number.NaN)) <= 5e-5 * largest,
          `${name}[${k}]: ${value}, ${String(actual[i]?.[k])}`,
        ),
      );
    });
  });

test('a picture that is computed, of odd size or with many patch rows is not a first block', () => {
  const b = new GraphBuilder();
  const image = b.input('image', 'float32', [2, 3, 8, 8]);
  assert.ok(isFirstBlock(b, image, 3));
  assert.ok(!isFirstBlock(b, b.node('Tanh', [image]), 3));
  assert.ok(!isFirstBlock(b, b.input('odd', 'float32', [2, 3, 7, 8]), 3));
  assert.ok(!isFirstBlock(b, image, 5)); // 75 rows
});

test('the gradient of the picture itself is refused', () => {
  const b = new GraphBuilder();
  const image = b.input('image', 'float32', [1, 1, 4, 4]);
  const [scale, shift] = [b.input('scale', 'float32', [2]), b.input('shift', 'float32', [2])];
  const weight = b.input('weight', 'float32', [2, 1, 3, 3]);
  const { out } = firstBlock(b, { image, weight, scale, shift, epsilon });
  assert.throws(() => differentiate(b, [{ value: out, gradient: out }], [image]), /OPERATOR_UNSUPPORTED|no gradient/);
});
