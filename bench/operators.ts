// CPU milliseconds of single operators and of the forms that compete inside a training step, on one thread. What won
// is in src/graph/operators/; what was learnt is in docs/performance.md. Usage: node bench/operators.ts [--rounds 15]
import { parseArgs } from 'node:util';
import { createRandom } from '../src/core/index.ts';
import { elementCount, float, GraphBuilder, int, ints, type Value, writeOnnx } from '../src/graph/index.ts';
import { createSession, type Session, type Tensor } from '../src/runtime/index.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = Number(values.rounds);

interface Form {
  readonly group: string;
  readonly name: string;
  /** Floating-point operations, where the figure means something. */
  readonly flops?: number;
  readonly build: (b: GraphBuilder) => Value;
}

const x = (b: GraphBuilder, ...shape: number[]): Value => b.input('x', 'float32', shape);
const y = (b: GraphBuilder, ...shape: number[]): Value => b.input('y', 'float32', shape);
const large = [32, 32, 64, 64] as const;
const conv3 = { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1) };
const transposed = { ...conv3, strides: ints(1, 1), dilations: ints(1, 1), output_padding: ints(0, 0), group: int(1) };

function matrixForms(): Form[] {
  return [
    [32, 64, 32],
    [64, 128, 16],
    [128, 256, 8],
  ].flatMap(([c = 0, f = 0, s = 0]): Form[] => {
    const flops = 2 * 32 * s * s * 9 * c * f;
    const group = `convolution ${c}→${f} at ${s} × ${s}`;
    return [
      {
        group,
        name: 'forward: Conv',
        flops,
        build: (b) => b.node('Conv', [x(b, 32, c, s, s), y(b, f, c, 3, 3)], conv3),
      },
      {
        group,
        name: 'dx: ConvTranspose',
        flops,
        build: (b) => b.node('ConvTranspose', [x(b, 32, f, s, s), y(b, f, c, 3, 3)], transposed),
      },
      {
        group,
        name: 'dx: Conv with turned weights',
        flops,
        build: (b) => b.node('Conv', [x(b, 32, f, s, s), y(b, c, f, 3, 3)], conv3),
      },
      {
        group,
        name: 'dw: per sample, patches × gradient',
        flops,
        build: (b) => b.node('FusedMatMul', [x(b, 32, 9 * c, s * s), y(b, 32, f, s * s)], { transB: int(1) }),
      },
      {
        group,
        name: 'dw: per sample, gradient × patches',
        flops,
        build: (b) => b.node('FusedMatMul', [y(b, 32, f, s * s), x(b, 32, 9 * c, s * s)], { transB: int(1) }),
      },
      {
        group,
        name: 'dw: across samples, patches × gradient',
        flops,
        build: (b) => b.node('FusedMatMul', [x(b, 9 * c, 32 * s * s), y(b, f, 32 * s * s)], { transB: int(1) }),
      },
      {
        group,
        name: 'dw: across samples, gradient × patches',
        flops,
        build: (b) => b.node('FusedMatMul', [y(b, f, 32 * s * s), x(b, 9 * c, 32 * s * s)], { transB: int(1) }),
      },
    ];
  });
}

const elementForms: Form[] = [
  {
    group: 'mask',
    name: 'HardSigmoid, slope 1e30',
    build: (b) => b.node('HardSigmoid', [x(b, ...large)], { alpha: float(1e30), beta: float(0) }),
  },
  { group: 'mask', name: 'Sign', build: (b) => b.node('Sign', [x(b, ...large)]) },
  {
    group: 'mask',
    name: 'Equal + Cast',
    build: (b) => b.node('Cast', [b.node('Equal', [x(b, ...large), y(b, ...large)])], { to: int(1) }),
  },
  {
    group: 'mask',
    name: 'Sub + HardSigmoid',
    build: (b) =>
      b.node('HardSigmoid', [b.sub(x(b, ...large), y(b, ...large))], { alpha: float(1e30), beta: float(1) }),
  },
  { group: 'pass', name: 'Mul of two', build: (b) => b.mul(x(b, ...large), y(b, ...large)) },
  { group: 'pass', name: 'Add of two', build: (b) => b.add(x(b, ...large), y(b, ...large)) },
  { group: 'pass', name: 'Mul with [C, 1, 1]', build: (b) => b.mul(x(b, ...large), y(b, 32, 1, 1)) },
  {
    group: 'pass',
    name: 'affine per channel as BatchNormalization',
    build: (b) => {
      const [zeros, ones] = [new Float32Array(32), new Float32Array(32).fill(1)].map((data) => b.floats(data, [32]));
      const shift = b.input('z', 'float32', [32]);
      return b.node('BatchNormalization', [x(b, ...large), y(b, 32), shift, zeros, ones], { epsilon: float(0) });
    },
  },
  {
    group: 'sum',
    name: 'ReduceSum over [0, 2, 3]',
    build: (b) => b.node('ReduceSum', [x(b, ...large), b.int64s(0, 2, 3)], { keepdims: int(0) }),
  },
  {
    group: 'sum',
    name: 'Mul + ReduceSum',
    build: (b) => b.node('ReduceSum', [b.mul(x(b, ...large), y(b, ...large)), b.int64s(0, 2, 3)], { keepdims: int(0) }),
  },
  {
    group: 'pool',
    name: 'MaxPool 2 × 2',
    build: (b) => b.node('MaxPool', [x(b, ...large)], { kernel_shape: ints(2, 2), strides: ints(2, 2) }),
  },
  {
    group: 'pool',
    name: 'AveragePool 2 × 2',
    build: (b) => b.node('AveragePool', [x(b, ...large)], { kernel_shape: ints(2, 2), strides: ints(2, 2) }),
  },
];

interface Runner {
  readonly form: Form;
  readonly session: Session;
  readonly feeds: Record<string, Tensor>;
  best: number;
}

async function prepare(form: Form): Promise<Runner> {
  const b = new GraphBuilder();
  const graph = b.build('form', [form.build(b)]);
  const session = await createSession(writeOnnx(graph), { threads: 1, optimization: 'extended' });
  const random = createRandom(0, form.name);
  const feeds = Object.fromEntries(
    graph.inputs.map((input) => {
      const dims = input.shape.map(Number);
      return [input.name, { data: Float32Array.from({ length: elementCount(dims) }, () => random.next() - 0.5), dims }];
    }),
  );
  return { form, session, feeds, best: Infinity };
}

for (const forms of [matrixForms(), elementForms]) {
  const runners: Runner[] = [];
  for (const form of forms) runners.push(await prepare(form));
  for (let round = 0; round < rounds; round++)
    for (const runner of runners) {
      const before = process.cpuUsage();
      await runner.session.run(runner.feeds);
      const used = process.cpuUsage(before);
      runner.best = Math.min(runner.best, (used.user + used.system) / 1000);
    }
  let group = '';
  for (const { form, session, best } of runners) {
    if (form.group !== group) console.log(`\n${form.group}`);
    group = form.group;
    const rate = form.flops === undefined ? '' : `  ${(form.flops / best / 1e6).toFixed(0)} GFLOP/s`;
    console.log(`  ${form.name.padEnd(42)} ${best.toFixed(2).padStart(6)} ms${rate}`);
    await session.release();
  }
}
