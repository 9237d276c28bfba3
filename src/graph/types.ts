// The graph as data: frozen values and nodes tagged by `op`. Building, differentiating, checking and serialising are
// separate functions over these.
import { PawprintError } from '../core/index.ts';

export type DataType = 'float32' | 'int64' | 'int32' | 'uint8' | 'int8' | 'bool';

/** A number, or the name of a dimension known only at run time (the batch). */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** One tensor that flows through a graph. Identity is the object; names are unique within a graph. */
export interface Value {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: Shape;
}

/** A tensor with its numbers. int64 is kept as bigint, bool and uint8 as bytes. */
export type TensorLiteral =
  | { readonly dtype: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array }
  | { readonly dtype: 'int32'; readonly dims: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'int8'; readonly dims: readonly number[]; readonly data: Int8Array }
  | { readonly dtype: 'uint8' | 'bool'; readonly dims: readonly number[]; readonly data: Uint8Array };

/** ONNX tells 1 from 1.0, so attributes carry their type. */
export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'tensor'; readonly value: TensorLiteral };
export type Attributes = Readonly<Record<string, Attribute>>;

export const int = (value: number): Attribute => ({ type: 'int', value });
export const ints = (...value: readonly number[]): Attribute => ({ type: 'ints', value });
export const float = (value: number): Attribute => ({ type: 'float', value });
export const text = (value: string): Attribute => ({ type: 'string', value });

/** One operator application. `inputs` holds undefined where ONNX leaves an optional input out. */
export interface GraphNode {
  readonly op: string;
  /** '' for standard ONNX, 'com.microsoft' for ONNX Runtime's own. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** A whole graph. Nodes stand in an order in which they can run. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly initializers: readonly { readonly value: Value; readonly literal: TensorLiteral }[];
  readonly nodes: readonly GraphNode[];
}

/** The shape as numbers; GRAPH_INVALID when a dimension is known only at run time. */
export function staticShape(value: Value): number[] {
  return value.shape.map((dimension) => {
    if (typeof dimension === 'number') return dimension;
    throw new PawprintError('GRAPH_INVALID', {
      message: `the shape of ${value.name} must be known here`,
      expected: 'numbers only',
      received: `[${value.shape.join(', ')}]`,
      hint: 'Build the graph with a fixed batch size.',
    });
  });
}

/** Product of dimensions; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Anything that carries attributes: a node, or the context of shape inference. */
export type Attributed = Pick<GraphNode, 'attributes'>;

/** An attribute's value, or `fallback` where the node leaves it out. */
export function intAttribute(node: Attributed, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  return attribute?.type === 'int' ? attribute.value : fallback;
}
export function floatAttribute(node: Attributed, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  return attribute?.type === 'float' ? attribute.value : fallback;
}
export function intsAttribute(node: Attributed, name: string, fallback: readonly number[]): readonly number[] {
  const attribute = node.attributes[name];
  return attribute?.type === 'ints' ? attribute.value : fallback;
}
export function stringAttribute(node: Attributed, name: string, fallback: string): string {
  const attribute = node.attributes[name];
  return attribute?.type === 'string' ? attribute.value : fallback;
}

/** The node's input `index`; GRAPH_INVALID when it is left out. */
export function requiredInput(node: GraphNode, index: number): Value {
  const value = node.inputs[index];
  if (value !== undefined) return value;
  throw new PawprintError('GRAPH_INVALID', {
    message: `${node.op} node ${node.name} lacks input ${index}`,
    hint: 'The graph is damaged or was written by a tool that does not follow ONNX.',
  });
}

/** The node's output `index`; GRAPH_INVALID when there is none. */
export function requiredOutput(node: GraphNode, index: number): Value {
  const value = node.outputs[index];
  if (value !== undefined) return value;
  throw new PawprintError('GRAPH_INVALID', { message: `${node.op} node ${node.name} lacks output ${index}` });
}
