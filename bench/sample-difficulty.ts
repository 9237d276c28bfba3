// How far does a model get on the drawn pictures that sees pixels but no shapes? Logistic regression by plain SGD, at
// several strengths of regularisation, on pictures it has not seen. Usage: sample-difficulty.ts [pictures] [side]
import { createRandom } from '../src/core/index.ts';
import { drawAnimal, resizePixels } from '../src/image/index.ts';

interface Example {
  /** [3 · side · side + 1], about −2 to 2, the last one 1. */
  readonly inputs: Float32Array;
  /** 1 for a dog. */
  readonly label: number;
}

function drawExample(index: number, side: number): Example {
  const label = index % 2;
  const pixels = drawAnimal({ label: label === 1 ? 'dog' : 'cat', random: createRandom('difficulty', index) });
  const { data } = resizePixels(pixels, { width: side, height: side });
  const inputs = new Float32Array(data.length + 1).fill(1);
  for (let i = 0; i < data.length; i++) inputs[i] = ((data[i] ?? 0) - 128) / 64;
  return { inputs, label };
}

function logit(weights: Float32Array, inputs: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * (inputs[i] ?? 0);
  return sum;
}

function train(examples: readonly Example[], decay: number): Float32Array {
  const weights = new Float32Array(examples[0]?.inputs.length ?? 0);
  const random = createRandom('order');
  const order = Array.from(examples.keys());
  const epochs = 15;
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const index of random.shuffle(order)) {
      const { inputs, label } = examples[index] ?? { inputs: weights, label: 0 };
      const rate = (9 / weights.length) * (1 - epoch / epochs);
      const error = 1 / (1 + Math.exp(-logit(weights, inputs))) - label;
      for (let i = 0; i < weights.length; i++) {
        const weight = weights[i] ?? 0;
        weights[i] = weight - rate * (error * (inputs[i] ?? 0) + decay * weight);
      }
    }
  return weights;
}

function accuracy(examples: readonly Example[], weights: Float32Array): number {
  const right = examples.filter(({ inputs, label }) => logit(weights, inputs) > 0 === (label === 1));
  return right.length / examples.length;
}

const [count = 1500, side = 32] = process.argv.slice(2).map(Number);
const examples = Array.from({ length: count }, (_, i) => drawExample(i, side));
const [seen, unseen] = [examples.slice(0, Math.floor((count * 2) / 3)), examples.slice(Math.floor((count * 2) / 3))];
for (const decay of [0.01, 0.1, 0.3, 1]) {
  const weights = train(seen, decay);
  const [known, fresh] = [accuracy(seen, weights), accuracy(unseen, weights)].map((share) => (100 * share).toFixed(1));
  process.stdout.write(`decay ${decay}: ${known} % of ${seen.length} seen, ${fresh} % of ${unseen.length} unseen\n`);
}
