// Brings nodes of older and newer operator sets into the form of the one that graphs are written in (opset 17): bounds
// and axes move from attributes to inputs or back, forms that mean something else are refused by name.
import { PawprintError } from '../core/index.ts';
import { onnxDataTypes } from './operators/cast.ts';
import { isBehind, normaliseAxis, windowOf } from './shapes.ts';
import {
  type Attribute,
  type Attributes,
  floatAttribute,
  int,
  intAttribute,
  ints,
  intsAttribute,
  stringAttribute,
  type Shape,
  type TensorLiteral,
  type Value,
} from './types.ts';

/** Operator sets that can be read. */
export const readableOpsets = { oldest: 7, newest: 23 } as const;

/** A node as it stands in a file, its inputs found. */
export interface FileNode {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
}

/** What an upgrade may make and look at. */
export interface UpgradeContext {
  readonly opset: number;
  readonly int64s: (values: readonly number[]) => Value;
  readonly float32: (value: number) => Value;
  /** int8 zeros of this shape. */
  readonly int8Zero: (shape: Shape) => Value;
  readonly literal: (value: Value | undefined) => TensorLiteral | undefined;
}

type Upgrade = (node: FileNode, context: UpgradeContext) => FileNode;

/** The node in the form of opset 17; OPERATOR_UNSUPPORTED where its meaning cannot be kept. */
export function upgradeNode(node: FileNode, context: UpgradeContext): FileNode {
  const upgrade = Object.hasOwn(upgrades, node.op) ? upgrades[node.op] : undefined;
  return upgrade === undefined || node.domain !== '' ? node : upgrade(node, context);
}

function unsupported(node: FileNode, what: string): PawprintError {
  return new PawprintError('OPERATOR_UNSUPPORTED', {
    message: `operator ${node.op} (node ${node.name}) is not supported with ${what}`,
    hint: 'Export the model with opset 17 and without this form.',
  });
}

function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

function withInputs(node: FileNode, inputs: readonly (Value | undefined)[], ...dropped: readonly string[]): FileNode {
  return { ...node, inputs, attributes: without(node.attributes, ...dropped) };
}

function integersOf(literal: TensorLiteral | undefined): number[] | undefined {
  return literal === undefined ? undefined : [...literal.data].map(Number);
}

/** The attribute `axes` as a second input (Squeeze, Unsqueeze, ReduceSum before opset 13). */
const axesToInput: Upgrade = (node, { opset, int64s }) => {
  const axes = node.attributes['axes'];
  if (opset >= 13 || axes?.type !== 'ints') return node;
  return withInputs(node, [node.inputs[0], int64s(axes.value)], 'axes');
};

const clip: Upgrade = (node, { opset, float32 }) => {
  if (opset >= 11) return node;
  const bound = (attribute: Attribute | undefined): Value | undefined =>
    attribute?.type === 'float' ? float32(attribute.value) : undefined;
  return withInputs(node, [node.inputs[0], bound(node.attributes['min']), bound(node.attributes['max'])], 'min', 'max');
};

const dropout: Upgrade = (node, { opset, float32 }) =>
  opset >= 12 ? node : withInputs(node, [node.inputs[0], float32(floatAttribute(node, 'ratio', 0.5))], 'ratio');

const pad: Upgrade = (node, context) => {
  const { opset, int64s, float32, literal } = context;
  if (opset < 11)
    return withInputs(
      node,
      [node.inputs[0], int64s(intsAttribute(node, 'pads', [])), float32(floatAttribute(node, 'value', 0))],
      'pads',
      'value',
    );
  if (stringAttribute(node, 'mode', 'constant') === 'wrap') throw unsupported(node, 'mode wrap');
  const [x, pads, value, axes] = node.inputs;
  if (axes === undefined || x === undefined) return node;
  const [given, named] = [integersOf(literal(pads)), integersOf(literal(axes))];
  if (given === undefined || named === undefined) throw unsupported(node, 'pads or axes that are computed');
  const rank = x.shape.length;
  const all = Array<number>(2 * rank).fill(0);
  named.forEach((axis, i) => {
    const at = normaliseAxis(axis, rank);
    all[at] = given[i] ?? 0;
    all[at + rank] = given[i + named.length] ?? 0;
  });
  return withInputs(node, [x, int64s(all), value]);
};

const slice: Upgrade = (node, { opset, int64s }) => {
  if (opset >= 10) return node;
  const axes = node.attributes['axes'];
  const given = (name: string): Value => int64s(intsAttribute(node, name, []));
  const inputs = [node.inputs[0], given('starts'), given('ends'), axes === undefined ? undefined : given('axes')];
  return withInputs(node, inputs, 'starts', 'ends', 'axes');
};

const split: Upgrade = (node, { opset, int64s }) => {
  const [x, lengths] = node.inputs;
  const axis = normaliseAxis(intAttribute(node, 'axis', 0), x?.shape.length ?? 0);
  const size = Number(x?.shape[axis]);
  if (opset < 13 && node.attributes['split'] !== undefined)
    return withInputs(node, [x, int64s(intsAttribute(node, 'split', []))], 'split');
  if (opset < 18 || lengths !== undefined || Number.isNaN(size)) return withInputs(node, node.inputs, 'num_outputs');
  // Since opset 18 the last part may be shorter.
  const each = Math.ceil(size / node.outputCount);
  const parts = Array.from({ length: node.outputCount }, (_, i) => Math.max(0, Math.min(each, size - i * each)));
  return withInputs(node, [x, int64s(parts)], 'num_outputs');
};

/** Before opset 13 everything from `axis` (1 by default) on was one axis. */
const softmax: Upgrade = (node, { opset }) => {
  if (opset >= 13) return node;
  const shape = node.inputs[0]?.shape ?? [];
  const axis = normaliseAxis(intAttribute(node, 'axis', 1), shape.length);
  if (shape.slice(axis + 1).some((size) => size !== 1))
    throw unsupported(node, `several axes at once (opset ${opset})`);
  return { ...node, attributes: { ...node.attributes, axis: int(axis) } };
};

/** Since opset 18 the axes are an input; 17 has them as an attribute. */
const reduceMean: Upgrade = (node, { opset, literal }) => {
  const [x, axesInput] = node.inputs;
  if (opset < 18) return node;
  const axes = axesInput === undefined ? [] : integersOf(literal(axesInput));
  if (axes === undefined) throw unsupported(node, 'axes that are computed');
  const attributes = without(node.attributes, 'noop_with_empty_axes');
  if (axes.length > 0) return { ...node, inputs: [x], attributes: { ...attributes, axes: ints(...axes) } };
  if (intAttribute(node, 'noop_with_empty_axes', 0) === 1)
    return { ...node, op: 'Identity', inputs: [x], attributes: {} };
  return { ...node, inputs: [x], attributes };
};

const batchNormalization: Upgrade = (node, { opset }) => {
  if (opset < 9 && intAttribute(node, 'spatial', 1) === 0)
    throw unsupported(node, 'statistics of every position (spatial=0)');
  const fixed = opset < 14 || intAttribute(node, 'training_mode', 0) === 0;
  if (!fixed) return node;
  return { ...node, outputCount: 1, attributes: without(node.attributes, 'spatial') };
};

/** Without ceil_mode where all that it adds are windows behind the input, which runtimes leave out. */
const pool: Upgrade = (node) => {
  const shape = node.inputs[0]?.shape ?? [];
  const { kernel, strides, dilations, pads } = windowOf(node, intsAttribute(node, 'kernel_shape', []), shape);
  const adds = kernel.some((size, i) => {
    const reach = Number(shape[i + 2]) + (pads[i] ?? 0);
    const stride = strides[i] ?? 1;
    const steps = (reach + (pads[i + kernel.length] ?? 0) - (size - 1) * (dilations[i] ?? 1) - 1) / stride;
    return !Number.isInteger(steps) && !isBehind(reach, Math.ceil(steps) + 1, stride);
  });
  return adds ? node : withInputs(node, node.inputs, 'ceil_mode');
};

const averagePool: Upgrade = (node, context) => {
  if (intsAttribute(node, 'dilations', []).some((dilation) => dilation !== 1)) throw unsupported(node, 'dilations');
  return pool(withInputs(node, node.inputs, 'dilations'), context);
};

const convTranspose: Upgrade = (node) => {
  const automatic = !['NOTSET', ''].includes(stringAttribute(node, 'auto_pad', 'NOTSET'));
  if (automatic || node.attributes['output_shape'] !== undefined) throw unsupported(node, 'a padding to be worked out');
  return node;
};

const resize: Upgrade = (node, { opset }) => {
  if (opset < 11) throw unsupported(node, `the form of opset ${opset}`);
  if (node.attributes['axes'] !== undefined) throw unsupported(node, 'axes');
  if (intAttribute(node, 'antialias', 0) === 1) throw unsupported(node, 'antialias');
  if (stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    throw unsupported(node, 'a fixed aspect ratio');
  return withInputs(node, node.inputs, 'antialias', 'keep_aspect_ratio_policy');
};

/** Since opset 19 and 21 there are 8-bit floats, blocks and an attribute for the type that a zero point had to state. */
const quantize: Upgrade = (node, { int8Zero }) => {
  if (intAttribute(node, 'block_size', 0) !== 0) throw unsupported(node, 'a scale for each block');
  if (intAttribute(node, 'precision', 0) > 1) throw unsupported(node, 'a precision of its own');
  const [x, scale, zeroPoint] = node.inputs;
  const type = intAttribute(node, 'output_dtype', 0);
  const stated = zeroPoint ?? (type === onnxDataTypes.int8 ? int8Zero(scale?.shape ?? []) : undefined);
  if (node.op === 'QuantizeLinear' && ![0, onnxDataTypes.uint8, onnxDataTypes.int8].includes(type))
    throw unsupported(node, `output type ${type}`);
  return withInputs(node, [x, scale, stated], 'saturate', 'block_size', 'precision', 'output_dtype');
};

const upgrades: Readonly<Record<string, Upgrade>> = {
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: (node) => withInputs(node, node.inputs, 'saturate', 'round_mode'),
  Clip: clip,
  ConvTranspose: convTranspose,
  DequantizeLinear: quantize,
  Dropout: dropout,
  LogSoftmax: softmax,
  MaxPool: pool,
  Pad: pad,
  QuantizeLinear: quantize,
  ReduceMean: reduceMean,
  ReduceSum: axesToInput,
  Resize: resize,
  Slice: slice,
  Softmax: softmax,
  Split: split,
  Squeeze: axesToInput,
  Unsqueeze: axesToInput,
};
