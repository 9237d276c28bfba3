// Every operator that has a gradient rule is checked against finite differences; one without a case here fails.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PawprintError } from '../../src/core/index.ts';
import {
  differentiate,
  elementCount,
  GraphBuilder,
  int,
  ints,
  operators,
  staticShape,
  type Value,
  writeOnnx,
} from '../../src/graph/index.ts';
import { createSession } from '../../src/runtime/index.ts';
import { checkGradients, type GradientCase } from './finite-differences.ts';
import { arithmeticCases } from './cases/arithmetic.ts';
import { activationCases } from './cases/activations.ts';
import { convolutionCases } from './cases/convolutions.ts';
import { poolingCases } from './cases/pooling.ts';
import { shapeCases } from './cases/shapes.ts';
import { matrixCases } from './cases/matrices.ts';
import { reductionCases } from './cases/reductions.ts';

const cases: Readonly<Record<string, readonly GradientCase[]>> = {
  ...arithmeticCases,
  ...activationCases,
  ...convolutionCases,
  ...matrixCases,
  ...poolingCases,
  ...reductionCases,
  ...shapeCases,
};

for (const [op, list] of Object.entries(cases))
  test(`gradient of ${op}: ${list.length} cases`, async () => {
    for (const gradientCase of list) await checkGradients({ ...gradientCase, name: `${op}, ${gradientCase.name}` });
  });

test('every operator with a gradient rule has a case, and every case an operator', () => {
  const withRule = operators.filter((definition) => definition.gradient !== undefined).map(({ op }) => op);
  assert.deepEqual(Object.keys(cases).sort(), withRule.sort());
  for (const [op, list] of Object.entries(cases)) assert.ok(list.length > 0, `${op} has no case`);
});

test('MaxPool shares the gradient of a tie: nothing is lost or counted twice', async () => {
  for (const [kernel, stride] of [
    [2, 2],
    [3, 1],
  ] as const) {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', [1, 2, 6, 6]);
    const y = b.node('MaxPool', [x], { kernel_shape: ints(kernel, kernel), strides: ints(stride, stride) });
    const seed = b.floats(new Float32Array(elementCount(staticShape(y))).fill(1), staticShape(y));
    const [gradient] = differentiate(b, [{ value: y, gradient: seed }], [x]);
    assert.ok(gradient);
    const session = await createSession(writeOnnx(b.build('ties', [b.node('Identity', [gradient], {}, 'dx')])));
    const { dx } = await session.run({ x: { dims: [1, 2, 6, 6], data: new Float32Array(72) } });
    const total = Array.from(dx?.data ?? [], Number).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(total - elementCount(staticShape(y))) < 1e-4, `${kernel}×${kernel}: ${total}`);
    await session.release();
  }
});

test('windows over one or three axes run but have no gradient, and say so', () => {
  for (const [op, dims] of [
    ['MaxPool', [1, 2, 6]],
    ['AveragePool', [1, 2, 4, 4, 4]],
    ['Conv', [1, 2, 6]],
  ] as const) {
    const b = new GraphBuilder();
    const x = b.input('x', 'float32', dims);
    const kernel = dims.slice(2).map(() => 2);
    const w = b.floats(new Float32Array(2 * elementCount(kernel)), [1, 2, ...kernel]);
    const y = b.node(op, op === 'Conv' ? [x, w] : [x], { kernel_shape: ints(...kernel), strides: ints(...kernel) });
    assert.throws(() => differentiate(b, [{ value: y, gradient: y }], [x]), {
      code: 'OPERATOR_UNSUPPORTED',
      message: new RegExp(`operator ${op} \\(node ${op}\\) has no gradient rule for ${dims.length - 2} spatial axes`),
    });
  }
});

/** The error of differentiating `build`'s value with respect to its input. */
function gradientError(build: (b: GraphBuilder, x: Value) => Value): unknown {
  const b = new GraphBuilder();
  const x = b.input('x', 'float32', [2, 3, 5, 5]);
  const y = build(b, x);
  try {
    differentiate(b, [{ value: y, gradient: y }], [x]);
  } catch (error) {
    return error;
  }
  return undefined;
}

test('what has no gradient rule is an error that names operator and node', () => {
  const refused: Readonly<Record<string, (b: GraphBuilder, x: Value) => Value>> = {
    Floor: (b, x) => b.scope('layer', () => b.node('Floor', [x])),
    Dropout: (b, x) =>
      b.scope('layer', () => {
        const on = b.initializer('on', { dtype: 'bool', dims: [], data: Uint8Array.of(1) });
        return b.node('Dropout', [x, b.floats([0.5]), on]);
      }),
    Clip: (b, x) => b.scope('layer', () => b.node('Clip', [x, b.node('ReduceMean', [x], { keepdims: int(0) })])),
  };
  for (const [op, build] of Object.entries(refused)) {
    const error = gradientError(build);
    assert.ok(error instanceof PawprintError, op);
    assert.equal(error.code, 'OPERATOR_UNSUPPORTED');
    assert.match(error.message, new RegExp(`${op} \\(node layer/${op}\\)`));
  }
});
