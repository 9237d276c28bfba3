// ONNX bytes → Graph: older and newer operator sets brought to opset 17, constants found, shapes inferred anew with the
// batch size of the reader's choice. Refuses by name what cannot be run, differentiated or trusted.
import { PawprintError } from '../core/index.ts';
import { externalDataReader } from './onnx-external-data.ts';
import { foldedOperators, foldNode, type Integers } from './onnx-fold.ts';
import { decodeOnnx } from './onnx-inspect.ts';
import { type ExternalDataReader, heldDataType, readAttribute, readTensor } from './onnx-tensor.ts';
import {
  AttributeProto_AttributeType,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from './onnx-proto/onnx_pb.js';
import { type FileNode, readableOpsets, upgradeNode } from './onnx-upgrade.ts';
import { operatorDefinition } from './operators/index.ts';
import {
  type Attribute,
  type Attributes,
  type DataType,
  type Dimension,
  elementCount,
  type Graph,
  type GraphNode,
  type Shape,
  type TensorLiteral,
  type Value,
} from './types.ts';

export interface ReadOnnxOptions {
  /** Names the file in errors. */
  readonly what?: string;
  /** First dimension of every input, instead of what the file says (a name, or the size of its export). */
  readonly batch?: Dimension;
  /** Height and width of every input [N, C, H, W] whose own the file leaves open. */
  readonly imageSizePx?: number;
  /** Folder below which external data may be read; without it, a model with external data is refused. */
  readonly externalDataDirectory?: string;
}

type InputSizes = Pick<ReadOnnxOptions, 'batch' | 'imageSizePx'>;

export interface OnnxContent {
  readonly graph: Graph;
  readonly metadata: Readonly<Record<string, string>>;
  /** Standard operator set of the file. The graph itself is in the form of opset 17. */
  readonly opset: number;
}

/**
 * Reads an ONNX model (opset 7 to 23). Initializers and values keep their names; nodes that no output needs are left
 * out; half and double precision become float32. Throws MODEL_INVALID (not ONNX, truncated, damaged, external data,
 * unknown opset or element type), OPERATOR_UNSUPPORTED (naming operator and node) and GRAPH_INVALID (shapes that do not
 * fit, naming the node).
 */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxContent {
  const what = options.what ?? 'the file';
  const model = decodeOnnx(bytes, what);
  const opset = opsetOf(model, what);
  const { graph: proto } = model;
  if (proto === undefined) throw new Error('decodeOnnx returns models with a graph');
  for (const node of proto.node) checkSupported(node);
  const reader = new GraphReader(opset, externalDataReader(options.externalDataDirectory));
  return {
    graph: reader.read(proto, options),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    opset,
  };
}

function opsetOf(model: ModelProto, what: string): number {
  const found = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  const opset = Number(found?.version ?? 0n);
  if (opset >= readableOpsets.oldest && opset <= readableOpsets.newest) return opset;
  throw new PawprintError('MODEL_INVALID', {
    message: `${what} uses an operator set that is not supported`,
    expected: `opset ${readableOpsets.oldest} to ${readableOpsets.newest}`,
    received: found === undefined ? 'none' : `opset ${opset}`,
    hint: 'Export the model with opset 17.',
  });
}

function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** OPERATOR_UNSUPPORTED, naming operator and node, for what no graph can hold. */
function checkSupported(node: NodeProto): void {
  const kinds = AttributeProto_AttributeType;
  const refused = (problem: string): PawprintError =>
    new PawprintError('OPERATOR_UNSUPPORTED', {
      message: `operator ${node.opType} (node ${nodeTitle(node)}) ${problem}`,
      hint: 'Export the model without it, for example with fixed shapes and without control flow.',
    });
  if (node.attribute.some(({ type }) => type === kinds.GRAPH || type === kinds.GRAPHS))
    throw refused('holds a graph of its own, which is not supported');
  const domain = standardDomain(node.domain);
  if (domain === '' && foldedOperators.has(node.opType)) return;
  const known = operatorDefinition(node.opType, nodeTitle(node));
  if ((known.domain ?? '') !== domain) throw refused(`of the operator set "${node.domain}" is not supported`);
}

function nodeTitle(node: NodeProto): string {
  return node.name === '' ? `that makes ${node.output.join(', ')}` : node.name;
}

/** One reading: the values found so far, by the names that the file gives them. */
class GraphReader {
  readonly #opset: number;
  readonly #readExternal: ExternalDataReader;
  readonly #values = new Map<string, Value>();
  readonly #literals = new Map<Value, TensorLiteral>();
  readonly #nodeNames = new Set<string>();
  readonly #nodes: GraphNode[] = [];

  constructor(opset: number, readExternal: ExternalDataReader) {
    this.#opset = opset;
    this.#readExternal = readExternal;
  }

  read(proto: GraphProto, sizes: InputSizes): Graph {
    for (const tensor of proto.initializer) this.#constant(tensor.name, readTensor(tensor, this.#readExternal));
    // Files before IR version 4 list initializers among the inputs too.
    const inputs = proto.input.filter(({ name }) => !this.#values.has(name)).map((info) => this.#input(info, sizes));
    for (const node of proto.node) this.#node(node);
    const outputs = proto.output.map(({ name }) => this.#find(name, 'the list of outputs'));
    return this.#needed(proto.name === '' ? 'graph' : proto.name, { inputs, outputs });
  }

  #value(name: string, dtype: DataType, shape: Shape): Value {
    if (this.#values.has(name)) throw damaged(`the name ${name} is given twice`);
    const value: Value = Object.freeze({ name, dtype, shape: Object.freeze([...shape]) });
    this.#values.set(name, value);
    return value;
  }

  #constant(name: string, literal: TensorLiteral): Value {
    const value = this.#value(name, literal.dtype, literal.dims);
    this.#literals.set(value, literal);
    return value;
  }

  #input(info: ValueInfoProto, { batch, imageSizePx }: InputSizes): Value {
    const type = info.type?.value;
    if (type?.case !== 'tensorType' || type.value.shape === undefined)
      throw damaged(`input ${info.name} is not a tensor with a shape`);
    const rank = type.value.shape.dim.length;
    const shape = type.value.shape.dim.map(({ value }, i): Dimension => {
      if (i === 0 && batch !== undefined) return batch;
      if (value.case === 'dimValue' && value.value > 0n) return Number(value.value);
      if (i > 1 && rank === 4 && imageSizePx !== undefined) return imageSizePx;
      return value.case === 'dimParam' && value.value !== '' ? value.value : `${info.name}_dim${i}`;
    });
    return this.#value(info.name, heldDataType(type.value.elemType, info.name), shape);
  }

  #find(name: string, reader: string): Value {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    throw damaged(`${reader} refers to ${name}, which nothing before it makes`);
  }

  #node(proto: NodeProto): void {
    const title = `${proto.opType} node ${nodeTitle(proto)}`;
    const attributes = this.#attributes(proto);
    if (proto.opType === 'Constant') {
      this.#constant(proto.output[0] ?? '', constantLiteral(attributes, title));
      return;
    }
    const given: FileNode = {
      op: proto.opType,
      domain: standardDomain(proto.domain),
      name: this.#nodeName(proto),
      inputs: proto.input.map((name) => (name === '' ? undefined : this.#find(name, title))),
      attributes,
      outputCount: proto.output.findLastIndex((name) => name !== '') + 1,
    };
    if (!this.#fold(given, proto.output[0] ?? '')) this.#add(this.#upgraded(given), proto.output);
  }

  #attributes(proto: NodeProto): Attributes {
    const entries = proto.attribute.flatMap((attribute): [string, Attribute][] => {
      const read = readAttribute(attribute, this.#readExternal);
      return read === undefined ? [] : [[attribute.name, read]];
    });
    return Object.fromEntries(entries);
  }

  #nodeName({ name, opType }: NodeProto): string {
    const wanted = name === '' ? opType : name;
    let unique = wanted;
    for (let count = 1; this.#nodeNames.has(unique); count++) unique = `${wanted}_${count}`;
    this.#nodeNames.add(unique);
    return unique;
  }

  /** Turns a node whose result can be worked out now into a constant. */
  #fold({ op, inputs, attributes }: FileNode, output: string): boolean {
    const known = inputs.map((input): Integers | undefined => {
      const literal = input === undefined ? undefined : this.#literals.get(input);
      return literal?.dtype === 'int64' ? { dims: literal.dims, numbers: [...literal.data].map(Number) } : undefined;
    });
    const result = foldNode({ op, inputs, attributes, known });
    if (result === undefined) return false;
    this.#constant(output, { dtype: 'int64', dims: result.dims, data: BigInt64Array.from(result.numbers, BigInt) });
    return true;
  }

  #upgraded(node: FileNode): FileNode {
    let count = 0;
    const fresh = (literal: TensorLiteral): Value => this.#constant(`${node.name}/constant${count++}`, literal);
    return upgradeNode(node, {
      opset: this.#opset,
      int64s: (values) => fresh({ dtype: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) }),
      float32: (value) => fresh({ dtype: 'float32', dims: [], data: Float32Array.of(value) }),
      int8Zero: (shape) => {
        const dims = shape.map(Number);
        return fresh({ dtype: 'int8', dims, data: new Int8Array(elementCount(dims)) });
      },
      literal: (value) => (value === undefined ? undefined : this.#literals.get(value)),
    });
  }

  #add({ op, domain, name, inputs, attributes, outputCount }: FileNode, outputNames: readonly string[]): void {
    const constant = (index: number): TensorLiteral | undefined => {
      const value = inputs[index];
      return value === undefined ? undefined : this.#literals.get(value);
    };
    const types = operatorDefinition(op, name).infer({ op, name, inputs, attributes, outputCount, constant });
    const outputs = types.slice(0, outputCount).map(({ dtype, shape }, i) => {
      const given = outputNames[i] ?? '';
      return this.#value(given === '' ? `${name}:${i}` : given, dtype, shape);
    });
    const frozen = {
      inputs: Object.freeze([...inputs]),
      outputs: Object.freeze(outputs),
      attributes: Object.freeze({ ...attributes }),
    };
    this.#nodes.push(Object.freeze({ op, domain, name, ...frozen }));
  }

  /** The graph without what no output needs. */
  #needed(name: string, { inputs, outputs }: { inputs: readonly Value[]; outputs: readonly Value[] }): Graph {
    const needed = new Set<Value>(outputs);
    const nodes = this.#nodes.toReversed().filter((node) => {
      const used = node.outputs.some((output) => needed.has(output));
      if (used) for (const input of node.inputs) if (input !== undefined) needed.add(input);
      return used;
    });
    const initializers = [...this.#literals].flatMap(([value, literal]) =>
      needed.has(value) ? [{ value, literal }] : [],
    );
    return Object.freeze({ name, inputs, outputs, initializers, nodes: nodes.toReversed() });
  }
}

function damaged(problem: string): PawprintError {
  return new PawprintError('MODEL_INVALID', {
    message: `the ONNX graph is not valid: ${problem}`,
    hint: 'The file is damaged, or was written by a tool that does not follow ONNX: export it again.',
  });
}

/** The numbers of a Constant node, whichever of its attributes holds them. */
function constantLiteral(attributes: Attributes, title: string): TensorLiteral {
  const [attribute] = ['value', 'value_float', 'value_floats', 'value_int', 'value_ints'].flatMap(
    (name) => attributes[name] ?? [],
  );
  switch (attribute?.type) {
    case 'tensor':
      return attribute.value;
    case 'float':
      return { dtype: 'float32', dims: [], data: Float32Array.of(attribute.value) };
    case 'floats':
      return { dtype: 'float32', dims: [attribute.value.length], data: Float32Array.from(attribute.value) };
    case 'int':
      return { dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(attribute.value)) };
    case 'ints':
      return { dtype: 'int64', dims: [attribute.value.length], data: BigInt64Array.from(attribute.value, BigInt) };
    case 'string':
    case undefined:
      throw damaged(`${title} holds no numbers`);
  }
}
