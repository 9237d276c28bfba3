// checkGraph passes what the builder makes and names what is wrong with anything else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PawprintError } from '../core/index.ts';
import { GraphBuilder } from './builder.ts';
import { checkGraph } from './check.ts';
import { differentiate } from './differentiate.ts';
import { type Graph, type GraphNode, ints, type Value } from './types.ts';

/** x [2, 3] → MatMul → Relu → y, with names that errors can be told by. */
function sound(): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', 'float32', [2, 3]);
  const w = b.initializer('w', { dtype: 'float32', dims: [3, 4], data: new Float32Array(12) });
  const hidden = b.scope('hidden', () => b.node('MatMul', [x, w]));
  const y = b.scope('last', () => b.node('Relu', [hidden], {}, 'y'));
  return b.build('sound', [y]);
}

function refused(graph: Graph, message: RegExp, code: PawprintError['code'] = 'GRAPH_INVALID'): void {
  assert.throws(
    () => checkGraph(graph),
    (error) => error instanceof PawprintError && error.code === code && message.test(error.message),
    String(message),
  );
}

/** The graph with its nodes changed one by one. */
function changed(graph: Graph, change: (node: GraphNode) => Partial<GraphNode>): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, ...change(node) })) };
}

test('a graph as the builder makes it passes, gradients included, and is returned', () => {
  const graph = sound();
  assert.equal(checkGraph(graph), graph);
  const b = new GraphBuilder();
  const x = b.input('x', 'float32', [1, 2, 6, 6]);
  const y = b.node('MaxPool', [x], { kernel_shape: ints(3, 3), strides: ints(2, 2) });
  const gradients = differentiate(b, [{ value: y, gradient: b.node('Tanh', [y]) }], [x]);
  checkGraph(
    b.build(
      'gradient',
      gradients.filter((value) => value !== undefined),
    ),
  );
});

test('names: none twice, none empty', () => {
  const graph = sound();
  const [x] = graph.inputs;
  const twin: Value = { name: 'w', dtype: 'float32', shape: [2, 3] };
  refused({ ...graph, inputs: [...graph.inputs, twin] }, /value name w is used twice/);
  refused(
    changed(graph, () => ({ name: 'same' })),
    /node name same is used twice/,
  );
  refused({ ...graph, inputs: [{ ...x, name: '' } as Value] }, /a value has no name/);
  refused(
    changed(graph, ({ op }) => (op === 'Relu' ? { name: '' } : {})),
    /a node has no name/,
  );
});

test('what a node reads is made before it', () => {
  const graph = sound();
  refused(
    { ...graph, nodes: graph.nodes.toReversed() },
    /Relu node last\/Relu reads hidden\/MatMul:0, which MatMul node hidden\/MatMul makes only later/,
  );
  const stranger: Value = { name: 'stranger', dtype: 'float32', shape: [2, 3] };
  refused(
    changed(graph, ({ inputs }) => ({ inputs: [stranger, ...inputs.slice(1)] })),
    /reads stranger, which nothing makes/,
  );
  const [y] = graph.outputs;
  const circular = changed(graph, ({ op, inputs }) => (op === 'MatMul' ? { inputs: [y, inputs[1]] } : {}));
  refused(circular, /MatMul node hidden\/MatMul reads y, which depends on this very node: a cycle/);
});

test('types are what the operators give', () => {
  const graph = sound();
  const [initializer] = graph.initializers;
  assert.ok(initializer);
  const wide: Value = { name: 'y', dtype: 'float32', shape: [2, 5] };
  const lied = changed(graph, ({ op }) => (op === 'Relu' ? { outputs: [wide] } : {}));
  refused({ ...lied, outputs: [wide] }, /output y of Relu node last\/Relu is not what the operator gives/);
  refused(
    changed(graph, ({ inputs }) => ({ inputs: inputs.toReversed() })),
    /MatMul node hidden\/MatMul: .* do not multiply/,
  );
  refused(
    {
      ...graph,
      initializers: [{ ...initializer, literal: { dtype: 'float32', dims: [4, 3], data: new Float32Array(12) } }],
    },
    /initializer w is not of its own type/,
  );
  refused(
    {
      ...graph,
      initializers: [{ ...initializer, literal: { dtype: 'float32', dims: [3, 4], data: new Float32Array(5) } }],
    },
    /initializer w does not fill/,
  );
  const twice = changed(graph, ({ op, outputs }) =>
    op === 'Relu' ? { outputs: [...outputs, { name: 'z', dtype: 'float32', shape: [2, 4] }] } : {},
  );
  refused(twice, /Relu node last\/Relu has no output 1/);
});

test('operators are known and of their own set', () => {
  const graph = sound();
  refused(
    changed(graph, ({ op }) => (op === 'Relu' ? { op: 'Rectify' } : {})),
    /operator Rectify \(node last\/Relu\)/,
    'OPERATOR_UNSUPPORTED',
  );
  refused(
    changed(graph, ({ op }) => (op === 'Relu' ? { domain: 'com.microsoft' } : {})),
    /Relu node last\/Relu is of another operator set/,
  );
});

test('outputs are there', () => {
  const graph = sound();
  refused({ ...graph, outputs: [] }, /graph sound has no output/);
  refused(
    { ...graph, outputs: [{ name: 'ghost', dtype: 'float32', shape: [] }] },
    /output ghost of graph sound is made by no node/,
  );
});
