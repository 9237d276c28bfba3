// What one operator's file states: how its output types follow from its inputs, and how its gradient is built.
import { PawprintError } from '../core/index.ts';
import type { Attributes, DataType, GraphNode, Shape, TensorLiteral, Value } from './types.ts';

/** What gradient rules build with: the part of GraphBuilder that they need. */
export interface GraphWriter {
  node(op: string, inputs: readonly (Value | undefined)[], attributes?: Attributes): Value;
  outputsOf(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes?: Attributes,
    options?: { readonly outputs?: number },
  ): readonly Value[];
  floats(data: readonly number[] | Float32Array, dims?: readonly number[]): Value;
  int64s(...data: readonly number[]): Value;
  add(a: Value, b: Value): Value;
  sub(a: Value, b: Value): Value;
  mul(a: Value, b: Value): Value;
  div(a: Value, b: Value): Value;
  reshape(value: Value, shape: readonly number[]): Value;
  producer(value: Value): GraphNode | undefined;
  literal(value: Value): TensorLiteral | undefined;
}

export interface OutputType {
  readonly dtype: DataType;
  readonly shape: Shape;
}

/** What shape inference may look at. */
export interface InferenceContext {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
  /** The numbers of an input that is a constant of the graph (Reshape's target, Slice's bounds, …). */
  constant(index: number): TensorLiteral | undefined;
}

/** What a gradient rule is given; it answers with one gradient (or undefined: none flows) per input. */
export interface GradientContext {
  readonly b: GraphWriter;
  readonly node: GraphNode;
  /** dL/d(output i); undefined where the loss does not depend on that output. */
  readonly outputGradients: readonly (Value | undefined)[];
  /** Whether the gradient of input i is wanted; rules skip the work otherwise. */
  readonly needs: readonly boolean[];
}

/** A gradient stated for a whole piece of a graph, where a derivation by hand beats the chain rule node by node. */
export interface PieceGradientContext {
  readonly b: GraphWriter;
  /** dL/d(output of the piece). */
  readonly gradient: Value;
  /** Whether the gradient of input i is wanted. */
  readonly needs: readonly boolean[];
}
export type PieceGradient = (context: PieceGradientContext) => readonly (Value | undefined)[];

export interface OperatorDefinition {
  readonly op: string;
  readonly domain?: '' | 'com.microsoft';
  infer(context: InferenceContext): readonly OutputType[];
  /** Absent: the operator can run but not be differentiated. */
  gradient?(context: GradientContext): readonly (Value | undefined)[];
}

/** dL/d(first output), which a rule is only asked for when it exists. */
export function firstGradient(context: GradientContext): Value {
  const gradient = context.outputGradients[0];
  if (gradient !== undefined) return gradient;
  throw new Error(`gradient rule of ${context.node.op} was called without an output gradient`);
}

/** Input `index` during inference; GRAPH_INVALID when it is missing. */
export function operand(context: InferenceContext, index: number): Value {
  const value = context.inputs[index];
  if (value !== undefined) return value;
  throw invalidNode(context, `input ${index} is missing`);
}

/** GRAPH_INVALID that names the node. */
export function invalidNode(context: { op: string; name: string }, problem: string): PawprintError {
  return new PawprintError('GRAPH_INVALID', {
    message: `${context.op} node ${context.name}: ${problem}`,
    hint: 'Check the shapes of the layers around it.',
  });
}
