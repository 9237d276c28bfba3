// Checks that a graph is one that can run: names unique, every value made before it is used, every shape what its
// operator says. Run by tests and before a graph is written.
import { PawprintError } from '../core/index.ts';
import { operatorDefinition } from './operators/index.ts';
import { elementCount, type Graph, type GraphNode, type TensorLiteral, type Value } from './types.ts';

/**
 * Throws GRAPH_INVALID, naming the node or value, for a graph with a name twice, an input that nothing makes or that is
 * made too late (or in a cycle), a shape or type that differs from what the operator gives, or an output that is not
 * there; OPERATOR_UNSUPPORTED for an unknown operator. Returns the graph.
 */
export function checkGraph(graph: Graph): Graph {
  checkNames(graph);
  const literals = new Map<Value, TensorLiteral>();
  for (const { value, literal } of graph.initializers) {
    checkLiteral(value, literal);
    literals.set(value, literal);
  }
  const available = new Set<Value>([...graph.inputs, ...literals.keys()]);
  for (const node of graph.nodes) {
    for (const input of node.inputs)
      if (input !== undefined && !available.has(input)) throw unavailable(graph, node, input);
    checkTypes(node, literals);
    for (const output of node.outputs) available.add(output);
  }
  if (graph.outputs.length === 0) throw invalid(`graph ${graph.name} has no output`);
  for (const output of graph.outputs)
    if (!available.has(output)) throw invalid(`output ${output.name} of graph ${graph.name} is made by no node`);
  return graph;
}

function invalid(message: string, details: { expected?: string; received?: string } = {}): PawprintError {
  return new PawprintError('GRAPH_INVALID', {
    message,
    ...details,
    hint: 'The graph is damaged, or the code that built it has a mistake.',
  });
}

function checkNames({ inputs, initializers, nodes }: Graph): void {
  const values = [...inputs, ...initializers.map(({ value }) => value), ...nodes.flatMap((node) => node.outputs)];
  for (const [what, names] of [
    ['value', values.map(({ name }) => name)],
    ['node', nodes.map(({ name }) => name)],
  ] as const) {
    const seen = new Set<string>();
    for (const name of names) {
      if (name === '') throw invalid(`a ${what} has no name`);
      if (seen.has(name)) throw invalid(`${what} name ${name} is used twice`);
      seen.add(name);
    }
  }
}

function checkLiteral(value: Value, literal: TensorLiteral): void {
  const shaped = typeText(value);
  const held = typeText({ dtype: literal.dtype, shape: literal.dims });
  if (shaped !== held)
    throw invalid(`initializer ${value.name} is not of its own type`, { expected: shaped, received: held });
  if (elementCount(literal.dims) !== literal.data.length)
    throw invalid(`initializer ${value.name} does not fill its shape`, {
      expected: `${elementCount(literal.dims)} numbers`,
      received: `${literal.data.length}`,
    });
}

function typeText({ dtype, shape }: Pick<Value, 'dtype' | 'shape'>): string {
  return `${dtype} [${shape.join(', ')}]`;
}

function checkTypes(node: GraphNode, literals: ReadonlyMap<Value, TensorLiteral>): void {
  const definition = operatorDefinition(node.op, node.name);
  if ((definition.domain ?? '') !== node.domain)
    throw invalid(`${node.op} node ${node.name} is of another operator set`, {
      expected: `domain "${definition.domain ?? ''}"`,
      received: `"${node.domain}"`,
    });
  const { op, name, inputs, attributes, outputs } = node;
  const constant = (index: number): TensorLiteral | undefined => {
    const value = inputs[index];
    return value === undefined ? undefined : literals.get(value);
  };
  const types = definition.infer({ op, name, inputs, attributes, outputCount: outputs.length, constant });
  outputs.forEach((output, i) => {
    const type = types[i];
    if (type === undefined) throw invalid(`${op} node ${name} has no output ${i}`);
    if (typeText(type) !== typeText(output))
      throw invalid(`output ${output.name} of ${op} node ${name} is not what the operator gives`, {
        expected: typeText(type),
        received: typeText(output),
      });
  });
}

/** Says why `input` is not there when `node` needs it: nothing makes it, or something that stands or depends behind. */
function unavailable(graph: Graph, node: GraphNode, input: Value): PawprintError {
  const makerOf = (value: Value): GraphNode | undefined => graph.nodes.find(({ outputs }) => outputs.includes(value));
  const maker = makerOf(input);
  const reads = `${node.op} node ${node.name} reads ${input.name}`;
  if (maker === undefined) return invalid(`${reads}, which nothing makes`);
  const pending = [maker];
  const visited = new Set<GraphNode>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === node) return invalid(`${reads}, which depends on this very node: a cycle`);
    if (visited.has(next)) continue;
    visited.add(next);
    for (const value of next.inputs) {
      const before = value === undefined ? undefined : makerOf(value);
      if (before !== undefined) pending.push(before);
    }
  }
  return invalid(`${reads}, which ${maker.op} node ${maker.name} makes only later`);
}
