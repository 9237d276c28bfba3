// Builds a graph node by node, inferring every shape on the way. Names come from the scope path and a counter that
// the builder owns, so the same calls give the same names, bytes and hash.
import { PawprintError } from '../core/index.ts';
import type { GraphWriter, OperatorDefinition, PieceGradient } from './operator.ts';
import { operatorDefinition } from './operators/index.ts';
import type { Attributes, DataType, Graph, GraphNode, Shape, TensorLiteral, Value } from './types.ts';
import { elementCount } from './types.ts';

/** A run of nodes that differentiation takes as one. */
interface Piece {
  readonly node: GraphNode;
  /** Indices of its first and last node. */
  readonly first: number;
  readonly last: number;
  readonly rule: PieceGradient;
}

interface NodeOptions {
  readonly outputs?: number;
  /** Names of the outputs, where they are part of the graph's interface. */
  readonly outputNames?: readonly string[];
}

export class GraphBuilder implements GraphWriter {
  readonly #scope: string[] = [];
  readonly #names = new Set<string>();
  readonly #inputs: Value[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #literals = new Map<Value, TensorLiteral>();
  readonly #shared = new Map<string, Value>();
  readonly #producers = new Map<Value, GraphNode>();
  readonly #pieces: Piece[] = [];

  /** Nodes so far, in an order in which they can run. */
  get nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  /**
   * The nodes as differentiation sees them: a piece built by `piece` stands as one node with a rule of its own.
   */
  get differentiableNodes(): readonly { readonly node: GraphNode; readonly rule: PieceGradient | undefined }[] {
    const steps: { node: GraphNode; rule: PieceGradient | undefined }[] = [];
    const pieceEndingAt = new Map(this.#pieces.map((piece) => [piece.node.name, piece]));
    this.#nodes.forEach((node, index) => {
      steps.push({ node, rule: undefined });
      const piece = pieceEndingAt.get(node.name);
      if (piece !== undefined) steps.splice(steps.length - (index + 1 - piece.first), Infinity, piece);
    });
    return steps;
  }

  /**
   * Builds a piece of the graph whose gradient with respect to `inputs` is given by `rule` instead of node by node.
   * The last node of `body` must make the value that it returns; pieces do not nest.
   */
  piece(inputs: readonly Value[], body: () => Value, rule: PieceGradient): Value {
    const first = this.#nodes.length;
    const output = body();
    const last = this.#nodes.at(-1);
    if (last?.outputs[0] !== output || this.#nodes.length === first) throw new Error('a piece ends with its output');
    this.#pieces.push({
      node: Object.freeze({ op: 'piece', domain: '', name: last.name, inputs, outputs: [output], attributes: {} }),
      first,
      last: this.#nodes.length - 1,
      rule,
    });
    return output;
  }

  /** Whether `value` is made inside a piece and is not its output: no gradient of its own can reach it. */
  isInsidePiece(value: Value): boolean {
    const at = this.#nodes.findIndex((node) => node.outputs.includes(value));
    return this.#pieces.some(({ node, first, last }) => at >= first && at <= last && node.outputs[0] !== value);
  }

  /** Everything built inside `body` is named under `name/`. */
  scope<T>(name: string, body: () => T): T {
    this.#scope.push(name);
    try {
      return body();
    } finally {
      this.#scope.pop();
    }
  }

  /** A graph input, named as it is (no scope). */
  input(name: string, dtype: DataType, shape: Shape): Value {
    const value = this.#value(this.#claim(name), dtype, shape);
    this.#inputs.push(value);
    return value;
  }

  /** A named initializer: numbers that the model file carries. */
  initializer(name: string, literal: TensorLiteral): Value {
    const value = this.#value(this.#claim(name), literal.dtype, literal.dims);
    this.#literals.set(value, literal);
    return value;
  }

  /** A float32 constant; equal ones are shared. `dims` defaults to a scalar for one number, else a vector. */
  floats(data: readonly number[] | Float32Array, dims?: readonly number[]): Value {
    const array = Float32Array.from(data);
    return this.#constant({ dtype: 'float32', dims: dims ?? (array.length === 1 ? [] : [array.length]), data: array });
  }

  /** An int64 vector constant (shapes, axes, bounds); equal ones are shared. */
  int64s(...data: readonly number[]): Value {
    return this.#constant({ dtype: 'int64', dims: [data.length], data: BigInt64Array.from(data, BigInt) });
  }

  /** Applies `op`; the result is its first output. */
  node(op: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}, name?: string): Value {
    const [first] = this.outputsOf(op, inputs, attributes, name === undefined ? {} : { outputNames: [name] });
    if (first === undefined) throw new Error(`${op} has no output`);
    return first;
  }

  /** Applies `op` and returns all of its outputs. */
  outputsOf(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): readonly Value[] {
    const definition: OperatorDefinition = operatorDefinition(op);
    const name = this.#claim(this.#path(op));
    const outputCount = options.outputs ?? options.outputNames?.length ?? 1;
    const types = definition.infer({
      op,
      name,
      inputs,
      attributes,
      outputCount,
      constant: (index) => {
        const value = inputs[index];
        return value === undefined ? undefined : this.#literals.get(value);
      },
    });
    const outputs = types.slice(0, outputCount).map((type, index) => {
      const given = options.outputNames?.[index];
      const outputName = given === undefined ? `${name}:${index}` : this.#claim(given);
      return this.#value(outputName, type.dtype, type.shape);
    });
    const node: GraphNode = Object.freeze({
      op,
      domain: definition.domain ?? '',
      name,
      inputs: Object.freeze([...inputs]),
      outputs: Object.freeze(outputs),
      attributes: Object.freeze({ ...attributes }),
    });
    this.#nodes.push(node);
    for (const output of outputs) this.#producers.set(output, node);
    return outputs;
  }

  /** The node that makes `value`; undefined for inputs and initializers. */
  producer(value: Value): GraphNode | undefined {
    return this.#producers.get(value);
  }

  /** The numbers of a constant or initializer; undefined for what is computed. */
  literal(value: Value): TensorLiteral | undefined {
    return this.#literals.get(value);
  }

  /** Broadcasting arithmetic, spelled short because gradients are full of it. */
  add(a: Value, b: Value): Value {
    return this.node('Add', [a, b]);
  }
  sub(a: Value, b: Value): Value {
    return this.node('Sub', [a, b]);
  }
  mul(a: Value, b: Value): Value {
    return this.node('Mul', [a, b]);
  }
  div(a: Value, b: Value): Value {
    return this.node('Div', [a, b]);
  }
  reshape(value: Value, shape: readonly number[]): Value {
    return this.node('Reshape', [value, this.int64s(...shape)]);
  }

  /** The finished graph with these outputs; nodes and initializers that no output needs are left out. */
  build(name: string, outputs: readonly Value[]): Graph {
    const needed = new Set<Value>(outputs);
    const nodes: GraphNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output))) continue;
      nodes.push(node);
      for (const input of node.inputs) if (input !== undefined) needed.add(input);
    }
    return Object.freeze({
      name,
      inputs: this.#inputs.filter((value) => needed.has(value)),
      outputs: [...outputs],
      initializers: [...this.#literals].flatMap(([value, literal]) => (needed.has(value) ? [{ value, literal }] : [])),
      nodes: nodes.toReversed(),
    });
  }

  #path(name: string): string {
    return [...this.#scope, name].join('/');
  }

  #claim(name: string): string {
    let unique = name;
    for (let count = 1; this.#names.has(unique); count++) unique = `${name}_${count}`;
    this.#names.add(unique);
    return unique;
  }

  #value(name: string, dtype: DataType, shape: Shape): Value {
    return Object.freeze({ name, dtype, shape: Object.freeze([...shape]) });
  }

  #constant(literal: TensorLiteral): Value {
    if (elementCount(literal.dims) !== literal.data.length)
      throw new PawprintError('GRAPH_INVALID', {
        message: 'a constant does not fill its shape',
        expected: `${elementCount(literal.dims)} numbers for [${literal.dims.join(', ')}]`,
        received: `${literal.data.length}`,
      });
    const key = `${literal.dtype}[${literal.dims.join(',')}]${literal.data.join(',')}`;
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const value = this.#value(this.#claim(`constant/${literal.dtype}`), literal.dtype, literal.dims);
    this.#literals.set(value, literal);
    this.#shared.set(key, value);
    return value;
  }
}
