// The hand-written gradient of batch norm + max pool + ReLU against the same layers differentiated one by one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../src/core/index.ts';
import {
  differentiate,
  float,
  GraphBuilder,
  int,
  ints,
  normPoolRelu,
  type Value,
  writeOnnx,
} from '../../src/graph/index.ts';
import { createSession, type Tensor } from '../../src/runtime/index.ts';

const epsilon = 1e-5;

/** relu(maxpool(batchnorm(y))), written out. */
function plain(b: GraphBuilder, y: Value, scale: Value, shift: Value): Value {
  const scratch = [b.mul(scale, b.floats([0])), b.mul(shift, b.floats([0]))];
  const [norm] = b.outputsOf(
    'BatchNormalization',
    [y, scale, shift, ...scratch],
    { training_mode: int(1), momentum: float(0), epsilon: float(epsilon) },
    { outputs: 3 },
  );
  const pooled = b.node('MaxPool', [norm], { kernel_shape: ints(2, 2), strides: ints(2, 2) });
  return b.node('Relu', [pooled]);
}

async function gradients(
  build: (b: GraphBuilder, y: Value, scale: Value, shift: Value) => Value,
  feeds: Record<string, Tensor>,
): Promise<Float32Array[]> {
  const b = new GraphBuilder();
  const inputs = ['y', 'scale', 'shift'].map((name) => b.input(name, 'float32', feeds[name]?.dims ?? []));
  const [y, scale, shift] = inputs as [Value, Value, Value];
  const out = build(b, y, scale, shift);
  const seed = b.input('seed', 'float32', feeds['seed']?.dims ?? []);
  const results = differentiate(b, [{ value: out, gradient: seed }], inputs);
  const outputs = [out, ...results.map((value) => value ?? assert.fail('a gradient is missing'))];
  const session = await createSession(writeOnnx(b.build('test', outputs)), { threads: 1 });
  const ran = await session.run(feeds);
  await session.release();
  return outputs.map((value) => Float32Array.from((ran[value.name]?.data ?? []) as Float32Array));
}

for (const [height, width, kind] of [
  [8, 8, 'plain'],
  [7, 9, 'odd sizes'],
  [4, 6, 'flat regions'],
] as const)
  test(`norm-pool-relu as one piece equals its parts: ${kind} (${height} × ${width})`, async () => {
    const random = createRandom(1, kind);
    const dims = [3, 5, height, width];
    const pooled = [3, 5, Math.floor(height / 2), Math.floor(width / 2)];
    const values = (shape: readonly number[], make: () => number): Tensor => ({
      data: Float32Array.from({ length: shape.reduce((a, n) => a * n, 1) }, make),
      dims: shape,
    });
    const feeds = {
      // Few distinct values: most windows then have several maxima.
      y: values(dims, kind === 'flat regions' ? () => random.integer(3) : () => random.normal()),
      // Both signs: pooling after a negative scale picks the minimum.
      scale: { data: Float32Array.of(1.2, -0.7, 0.4, -1.5, 0.9), dims: [5] },
      shift: { data: Float32Array.of(0.1, 0.2, -0.3, 0.4, 0), dims: [5] },
      seed: values(pooled, () => random.normal()),
    };
    const expected = await gradients(plain, feeds);
    const actual = await gradients(
      (b, y, scale, shift) =>
        normPoolRelu(b, {
          y,
          scale,
          shift,
          scratch: [b.mul(scale, b.floats([0])), b.mul(shift, b.floats([0]))],
          epsilon,
        }).out,
      feeds,
    );
    ['output', 'dy', 'dscale', 'dshift'].forEach((name, i) => {
      const scale = Math.max(...(expected[i] ?? []).map(Math.abs));
      expected[i]?.forEach((value, k) =>
        assert.ok(
          Math.abs(value - (actual[i]?.[k] ?? Number.NaN)) <= 2e-5 * scale,
          `${name}[${k}]: ${value}, ${String(actual[i]?.[k])}`,
        ),
      );
    });
  });
