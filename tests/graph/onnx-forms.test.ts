// Every form that an operator has in some operator set runs to the same numbers after reading and writing, judged by
// ONNX Runtime on the original file; and a reader's error names what is wrong.
import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PawprintError } from '../../src/core/index.ts';
import { checkGraph, readOnnx, writeOnnx } from '../../src/graph/index.ts';
import {
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
} from '../../src/graph/onnx-proto/onnx_pb.js';
import { createSession } from '../../src/runtime/index.ts';
import { uniform } from './finite-differences.ts';
import { type FileSpec, floatTensor, int64Tensor, type NodeSpec, onnxFile } from './onnx-file.ts';

interface Form {
  readonly opset: number;
  readonly nodes: readonly NodeSpec[];
  readonly initializers?: NonNullable<FileSpec['initializers']>;
  readonly outputs?: readonly string[];
  /** Shape of x, [2, 3, 4, 6] when left out. */
  readonly x?: readonly number[];
}

function one(
  opset: number,
  op: string,
  attributes: NonNullable<NodeSpec['attributes']>,
  more: readonly string[] = [],
): Form {
  return { opset, nodes: [{ op, inputs: ['x', ...more], outputs: ['y'], attributes }] };
}

const forms: Readonly<Record<string, Form>> = {
  'Clip-6': one(7, 'Clip', { min: { float: -0.5 }, max: { float: 0.25 } }),
  'Clip-6, one bound': one(10, 'Clip', { max: { float: 0.25 } }),
  'Clip-11': { ...one(13, 'Clip', {}, ['', 'high']), initializers: [floatTensor('high', [], [0.3])] },
  'Dropout-7': one(7, 'Dropout', { ratio: { float: 0.4 } }),
  'Dropout-12': { ...one(13, 'Dropout', {}, ['ratio']), initializers: [floatTensor('ratio', [], [0.3])] },
  'Pad-2': one(7, 'Pad', { pads: [0, 0, 1, 2, 0, 0, 0, 1], value: { float: 1.5 } }),
  'Pad-2 reflect': one(7, 'Pad', { pads: [0, 0, 1, 2, 0, 0, 0, 1], mode: 'reflect' }),
  'Pad-18, axes': {
    ...one(18, 'Pad', { mode: 'edge' }, ['pads', '', 'axes']),
    initializers: [int64Tensor('pads', [1, 2, 0, 1]), int64Tensor('axes', [-1, 2])],
  },
  'Slice-1': one(7, 'Slice', { starts: [1, -3], ends: [100, -1], axes: [2, 3] }),
  'Slice-1 without axes': one(9, 'Slice', { starts: [0, 1], ends: [2, 3] }),
  'Split-2': {
    opset: 7,
    nodes: [{ op: 'Split', inputs: ['x'], outputs: ['y', 'z'], attributes: { axis: 3, split: [2, 4] } }],
    outputs: ['y', 'z'],
  },
  'Split-2, equal': {
    opset: 11,
    nodes: [{ op: 'Split', inputs: ['x'], outputs: ['y', 'z'], attributes: { axis: 3 } }],
    outputs: ['y', 'z'],
  },
  'Split-18, uneven': {
    opset: 18,
    nodes: [{ op: 'Split', inputs: ['x'], outputs: ['a', 'b', 'c', 'd'], attributes: { axis: -1, num_outputs: 4 } }],
    outputs: ['a', 'b', 'c', 'd'],
    x: [2, 7],
  },
  'Squeeze-1': { ...one(7, 'Squeeze', { axes: [1] }), x: [2, 1, 3] },
  'Unsqueeze-1': one(7, 'Unsqueeze', { axes: [0, 2] }),
  'ReduceSum-1': one(7, 'ReduceSum', { axes: [1, -1], keepdims: 0 }),
  'ReduceMean-13': one(13, 'ReduceMean', { axes: [2, 3] }),
  'ReduceMean-18': { ...one(18, 'ReduceMean', { keepdims: 0 }, ['axes']), initializers: [int64Tensor('axes', [2, 3])] },
  'ReduceMean-18 of all': one(18, 'ReduceMean', {}),
  'ReduceMean-18 of none': one(18, 'ReduceMean', { noop_with_empty_axes: 1 }),
  'Softmax-1, last axis': { ...one(7, 'Softmax', {}), x: [3, 5] },
  'LogSoftmax-11, negative axis': one(11, 'LogSoftmax', { axis: -1 }),
  'Softmax-13': one(13, 'Softmax', { axis: 1 }),
  'AveragePool-19': one(19, 'AveragePool', {
    kernel_shape: [2, 3],
    strides: [2, 3],
    dilations: [1, 1],
    count_include_pad: 1,
  }),
  'MaxPool with a window behind the input': {
    ...one(12, 'MaxPool', { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1 }),
    x: [1, 2, 3, 6],
  },
  'AveragePool with a window over the edge': {
    ...one(11, 'AveragePool', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
    x: [1, 2, 3, 5],
  },
  'BatchNormalization-7': {
    ...one(7, 'BatchNormalization', { epsilon: { float: 1e-3 } }, ['s', 'b', 'm', 'v']),
    initializers: ['s', 'b', 'm', 'v'].map((name, i) => floatTensor(name, [3], [0.5 + i, 1, 2])),
  },
  Constant: {
    opset: 13,
    nodes: [
      {
        op: 'Constant',
        inputs: [],
        outputs: ['k'],
        attributes: { value: { tensor: floatTensor('', [3, 1, 1], [1, 2, 3]) } },
      },
      { op: 'Constant', inputs: [], outputs: ['f'], attributes: { value_float: { float: 0.5 } } },
      { op: 'Mul', inputs: ['x', 'k'], outputs: ['m'] },
      { op: 'Add', inputs: ['m', 'f'], outputs: ['y'] },
    ],
  },
  'a target shape computed from the input': {
    opset: 13,
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'Constant', inputs: [], outputs: ['zero'], attributes: { value: { tensor: int64Tensor('', [0], []) } } },
      { op: 'Gather', inputs: ['shape', 'zero'], outputs: ['n'] },
      { op: 'Unsqueeze', inputs: ['n', 'first'], outputs: ['n1'] },
      { op: 'Slice', inputs: ['shape', 'one', 'two'], outputs: ['c'] },
      { op: 'Mul', inputs: ['c', 'one'], outputs: ['c1'] },
      { op: 'Concat', inputs: ['n1', 'c1', 'rest'], outputs: ['target'], attributes: { axis: 0 } },
      { op: 'Reshape', inputs: ['x', 'target'], outputs: ['y'] },
    ],
    initializers: [
      int64Tensor('first', [0]),
      int64Tensor('one', [1]),
      int64Tensor('two', [2]),
      int64Tensor('rest', [-1]),
    ],
  },
  'an initializer behind Identity, and nodes without names': {
    opset: 13,
    nodes: [
      { op: 'Identity', inputs: ['w'], outputs: ['w2'] },
      { op: 'Mul', inputs: ['x', 'w'], outputs: ['a'] },
      { op: 'Mul', inputs: ['a', 'w2'], outputs: ['y'] },
      { op: 'Exp', inputs: ['a'], outputs: ['unused'] },
    ],
    initializers: [floatTensor('w', [1], [1.5])],
  },
};

test('each form of each operator set runs to the same numbers after reading and writing', async () => {
  for (const [name, { opset, nodes, initializers = [], outputs = ['y'], x = [2, 3, 4, 6] }] of Object.entries(forms)) {
    const bytes = onnxFile({ opset, inputs: { x }, outputs, nodes, initializers });
    const { graph } = readOnnx(bytes);
    const feeds = { x: uniform(x, 1) };
    const [original, ours] = [await createSession(bytes), await createSession(writeOnnx(checkGraph(graph)))];
    const [expected, actual] = [await original.run(feeds), await ours.run(feeds)];
    for (const output of outputs) {
      assert.deepEqual(actual[output]?.dims, expected[output]?.dims, `${name}: shape of ${output}`);
      assert.deepEqual(
        graph.outputs.find((value) => value.name === output)?.shape,
        expected[output]?.dims,
        `${name}: inferred`,
      );
      assert.deepEqual(actual[output]?.data, expected[output]?.data, `${name}: ${output}`);
    }
    await original.release();
    await ours.release();
  }
});

test('half, brain and double precision, in raw bytes and in fields, become float32', () => {
  const type = TensorProto_DataType;
  const tensor = (name: string, dataType: number, more: object) =>
    create(TensorProtoSchema, { name, dims: [2n], dataType, ...more });
  const raw = (array: Uint16Array | Float64Array | Float32Array) => ({ rawData: new Uint8Array(array.buffer) });
  const stored = [
    tensor('f16', type.FLOAT16, raw(Uint16Array.of(0x3e00, 0xc000))),
    tensor('f16fields', type.FLOAT16, { int32Data: [0x3e00, 0xc000] }),
    tensor('bf16', type.BFLOAT16, raw(Uint16Array.of(0x3fc0, 0xc000))),
    tensor('bf16fields', type.BFLOAT16, { int32Data: [0x3fc0, 0xc000] }),
    tensor('double', type.DOUBLE, raw(Float64Array.of(1.5, -2))),
    tensor('doublefields', type.DOUBLE, { doubleData: [1.5, -2] }),
    tensor('float', type.FLOAT, raw(Float32Array.of(1.5, -2))),
    tensor('floatfields', type.FLOAT, { floatData: [1.5, -2] }),
  ];
  const nodes = stored.map(({ name }) => ({ op: 'Identity', inputs: [name], outputs: [`${name}_out`] }));
  const bytes = onnxFile({ outputs: nodes.flatMap(({ outputs }) => outputs), nodes, initializers: stored });
  const { graph } = readOnnx(bytes);
  assert.equal(graph.initializers.length, stored.length);
  for (const { value, literal } of graph.initializers) {
    assert.equal(value.dtype, 'float32', value.name);
    assert.deepEqual([...literal.data], [1.5, -2], value.name);
  }
});

test('the batch size is the reader’s choice; without one the name in the file stays', () => {
  const bytes = onnxFile({
    inputs: { x: ['N', 8, 3, 3] },
    outputs: ['y', 'z'],
    nodes: [
      { op: 'Flatten', inputs: ['x'], outputs: ['y'] },
      { op: 'Reshape', inputs: ['x', 'target'], outputs: ['z'] },
    ],
    initializers: [int64Tensor('target', [-1, 9])],
  });
  const shapes = (batch?: number) =>
    readOnnx(bytes, batch === undefined ? {} : { batch }).graph.outputs.map(({ shape }) => shape);
  assert.deepEqual(shapes(), [
    ['N', 72],
    ['8*N', 9],
  ]);
  assert.deepEqual(shapes(32), [
    [32, 72],
    [256, 9],
  ]);
});

const relu: NodeSpec = { op: 'Relu', name: 'layer1/Relu', inputs: ['x'], outputs: ['y'] };
const plain: FileSpec = { inputs: { x: [1, 2] }, outputs: ['y'], nodes: [relu] };
const withNode = (node: Partial<NodeSpec>, more: Partial<FileSpec> = {}): Uint8Array =>
  onnxFile({ ...plain, ...more, nodes: [{ ...relu, ...node }] });

const refused: readonly (readonly [string, PawprintError['code'], RegExp, () => Uint8Array])[] = [
  ['an empty file', 'MODEL_INVALID', /is not an ONNX model, or is truncated/, () => new Uint8Array()],
  ['another format', 'MODEL_INVALID', /is not an ONNX model/, () => new TextEncoder().encode('{"model": "json"}')],
  ['a truncated file', 'MODEL_INVALID', /is truncated/, () => onnxFile(plain).subarray(0, -9)],
  ['an old operator set', 'MODEL_INVALID', /operator set/, () => onnxFile({ ...plain, opset: 6 })],
  ['a future operator set', 'MODEL_INVALID', /operator set/, () => onnxFile({ ...plain, opset: 99 })],
  [
    'an unknown operator',
    'OPERATOR_UNSUPPORTED',
    /operator NonMaxSuppression \(node layer1\/Relu\)/,
    () => withNode({ op: 'NonMaxSuppression' }),
  ],
  [
    'one without a name',
    'OPERATOR_UNSUPPORTED',
    /operator Einsum \(node that makes y\)/,
    () => withNode({ op: 'Einsum', name: '' }),
  ],
  [
    'another operator set',
    'OPERATOR_UNSUPPORTED',
    /operator Relu \(node layer1\/Relu\) of the operator set "custom"/,
    () => withNode({ domain: 'custom' }),
  ],
  [
    'control flow',
    'OPERATOR_UNSUPPORTED',
    /operator If \(node layer1\/Relu\) holds a graph/,
    () => withNode({ op: 'If', attributes: { then_branch: { graph: true } } }),
  ],
  [
    'an input from nowhere',
    'MODEL_INVALID',
    /node layer1\/Relu refers to nothing_there/,
    () => withNode({ inputs: ['nothing_there'] }),
  ],
  ['an output from nowhere', 'MODEL_INVALID', /refers to other/, () => withNode({}, { outputs: ['other'] })],
  ['a name given twice', 'MODEL_INVALID', /the name x is given twice/, () => withNode({ outputs: ['x'] })],
  [
    'a shape that does not fit',
    'GRAPH_INVALID',
    /MatMul node layer1\/Relu: \[1, 2\] and \[3, 4\] do not multiply/,
    () =>
      withNode(
        { op: 'MatMul', inputs: ['x', 'w'] },
        { initializers: [floatTensor('w', [3, 4], Array<number>(12).fill(0))] },
      ),
  ],
  [
    'numbers that do not fill their shape',
    'MODEL_INVALID',
    /tensor w does not fill/,
    () => withNode({}, { initializers: [floatTensor('w', [3], [1])] }),
  ],
  [
    'an element type',
    'MODEL_INVALID',
    /tensor w is of an element type/,
    () =>
      withNode(
        {},
        {
          initializers: [
            create(TensorProtoSchema, { name: 'w', dims: [1n], dataType: TensorProto_DataType.INT16, int32Data: [1] }),
          ],
        },
      ),
  ],
  [
    'a softmax over several axes',
    'OPERATOR_UNSUPPORTED',
    /operator Softmax \(node layer1\/Relu\) is not supported with several axes/,
    () => withNode({ op: 'Softmax' }, { opset: 11, inputs: { x: [2, 3, 4] } }),
  ],
  [
    'a window that only some runtimes count',
    'GRAPH_INVALID',
    /MaxPool node layer1\/Relu: with ceil_mode the last window begins behind/,
    () =>
      withNode(
        { op: 'MaxPool', attributes: { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1 } },
        { inputs: { x: [1, 1, 3, 4] } },
      ),
  ],
  [
    'an empty constant',
    'MODEL_INVALID',
    /Constant node layer1\/Relu holds no numbers/,
    () => withNode({ op: 'Constant', inputs: [] }),
  ],
];

test('what cannot be read is refused by name', () => {
  for (const [what, code, message, bytes] of refused)
    assert.throws(
      () => readOnnx(bytes()),
      (error) => error instanceof PawprintError && error.code === code && message.test(error.message),
      what,
    );
});

/** A file whose only initializer lies in another file. */
function withExternalData(location: string, more: Readonly<Record<string, string>> = {}): Uint8Array {
  const entries = Object.entries({ location, ...more }).map(([key, value]) => ({ key, value }));
  const w = create(TensorProtoSchema, {
    name: 'w',
    dims: [2n],
    dataType: TensorProto_DataType.FLOAT,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: entries,
  });
  return withNode({ op: 'Mul', inputs: ['x', 'w'] }, { initializers: [w] });
}

test('external data is read from inside the given folder only', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'pawprint-external-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'model');
  mkdirSync(join(folder, 'data'), { recursive: true });
  const numbers = new Uint8Array(Float32Array.of(9, 1.5, -2).buffer);
  for (const path of [join(folder, 'data/w.bin'), join(root, 'secret.bin')]) writeFileSync(path, numbers);
  symlinkSync(join(root, 'secret.bin'), join(folder, 'link.bin'));
  const region = { offset: '4', length: '8' };
  const read = (location: string, more: Readonly<Record<string, string>> = region) =>
    readOnnx(withExternalData(location, more), { externalDataDirectory: folder });

  assert.deepEqual([...(read('data/w.bin').graph.initializers[0]?.literal.data ?? [])], [1.5, -2]);
  assert.deepEqual([...(read('data/w.bin', { offset: '4' }).graph.initializers[0]?.literal.data ?? [])], [1.5, -2]);
  const refusal = (code: PawprintError['code'], message: RegExp) => (error: unknown) =>
    error instanceof PawprintError && error.code === code && message.test(error.message);
  assert.throws(
    () => readOnnx(withExternalData('data/w.bin')),
    refusal('MODEL_INVALID', /w refers to external data in "data\/w.bin"/),
  );
  for (const location of [
    '../secret.bin',
    'data/../../secret.bin',
    join(root, 'secret.bin'),
    'link.bin',
    '',
    '.',
    '..',
  ])
    assert.throws(() => read(location), refusal('MODEL_INVALID', /outside the folder/), location);
  for (const more of [
    { offset: '8', length: '8' },
    { offset: '-4' },
    { length: 'many' },
    { offset: '0', length: '1e99' },
  ])
    assert.throws(() => read('data/w.bin', more), refusal('MODEL_INVALID', /does not have/), JSON.stringify(more));
  assert.throws(() => read('data/w.bin', { length: '4' }), refusal('MODEL_INVALID', /does not fill/));
  assert.throws(() => read('missing.bin'), refusal('FILE_NOT_FOUND', /tensor w/));
});

test('a damaged file is refused with a PawprintError, whatever the damage', () => {
  const shaped = forms['a target shape computed from the input'];
  assert.ok(shaped);
  const files = [
    onnxFile({ ...shaped, inputs: { x: [2, 3, 4, 6] }, outputs: ['y'] }),
    onnxFile({ ...one(7, 'Pad', { pads: [0, 0, 1, 2, 0, 0, 0, 1] }), inputs: { x: [2, 3, 4, 6] }, outputs: ['y'] }),
    withExternalData('w.bin'),
  ];
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...files), damage, fc.nat(), (file, changes, cut) => {
      const bytes = Uint8Array.from(file.subarray(0, cut % 4 === 0 ? cut % file.length : file.length));
      for (const [at, value] of changes) bytes[at % file.length] = value;
      try {
        readOnnx(bytes);
      } catch (error) {
        assert.ok(error instanceof PawprintError, String(error));
      }
    }),
    { numRuns: 500, seed: 3 },
  );
});
