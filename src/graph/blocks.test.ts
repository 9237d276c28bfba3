// Blocks: one layer each in a chain, a residual branch as a whole, what has no parameters with the one before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBlocks } from './blocks.ts';
import { GraphBuilder } from './builder.ts';
import { ints, type Value } from './types.ts';

function network(): ReturnType<GraphBuilder['build']> {
  const b = new GraphBuilder();
  const image = b.input('image', 'float32', ['N', 4, 8, 8]);
  const conv = (x: Value, name: string): Value => {
    const weight = b.initializer(name, { dtype: 'float32', dims: [4, 4, 3, 3], data: new Float32Array(144).fill(0.1) });
    return b.node('Conv', [x, weight], { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1) });
  };
  const first = b.node('Relu', [conv(image, 'first')]);
  const branch = conv(b.node('Relu', [conv(first, 'branch1')]), 'branch2');
  const sum = b.node('Add', [first, branch]);
  const last = b.node('GlobalAveragePool', [b.node('Relu', [conv(sum, 'last')])]);
  return b.build('g', [last]);
}

test('a chain gives a block a layer; a residual branch is one block; pooling and activations follow theirs', () => {
  const blocks = findBlocks(network());
  assert.deepEqual(
    blocks.map(({ parameters }) => parameters),
    [['first'], ['branch1', 'branch2'], ['last']],
  );
  assert.deepEqual(
    blocks.map(({ nodes }) => nodes.map(({ op }) => op)),
    [
      ['Conv', 'Relu'],
      ['Conv', 'Relu', 'Conv', 'Add'],
      ['Conv', 'Relu', 'GlobalAveragePool'],
    ],
  );
});

test('a value that is used again much later keeps everything up to there in one block', () => {
  const graph = network();
  const [image] = graph.inputs;
  assert.ok(image !== undefined);
  const again = { ...graph, outputs: [...graph.outputs, ...(graph.nodes[1]?.outputs ?? [])] };
  assert.deepEqual(
    findBlocks(again).map(({ parameters }) => parameters),
    [['first']],
    'after the first layer two values are always alive',
  );
});
