// The temperature: found where the likelihood has its maximum, and away from 0 where all photos are right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, PawprintError } from '../core/index.ts';
import { logLoss } from './log-loss.ts';
import { sigmoid } from './probabilities.ts';
import { fitTemperature } from './temperature.ts';

/** Logits whose labels are drawn by σ(logit), then all multiplied by `factor`. */
function overconfident(factor: number, count = 20_000): { labels: Uint8Array; values: Float64Array } {
  const random = createRandom(7, 'temperature');
  const values = Float64Array.from({ length: count }, () => 8 * (random.next() - 0.5));
  const labels = Uint8Array.from(values, (z) => Number(random.next() < sigmoid(z)));
  return { labels, values: values.map((z) => factor * z) };
}

test('logits that are too large by a factor get that factor as their temperature', () => {
  for (const factor of [0.4, 1, 3]) {
    const { labels, values } = overconfident(factor);
    const temperature = fitTemperature(labels, { values, width: 1 }, 2);
    assert.ok(Math.abs(temperature / factor - 1) < 0.05, `${temperature} for ${factor}`);
  }
});

test('no other temperature has a smaller log loss; one logit and two say the same', () => {
  const { labels, values } = overconfident(2.5, 4000);
  const one = fitTemperature(labels, { values, width: 1 }, 2);
  const at = (temperature: number): number => logLoss(labels, { values, width: 1 }, { classCount: 2, temperature });
  for (const other of [0.8 * one, 0.95 * one, 1.05 * one, 1.25 * one]) assert.ok(at(one) < at(other));
  const pairs = Float64Array.from({ length: 8000 }, (_, i) => (i % 2 === 1 ? (values[i >> 1] ?? 0) : 0));
  assert.ok(Math.abs(fitTemperature(labels, { values: pairs, width: 2 }, 2) - one) < 1e-4);
});

test('photos that are all right do not make a model certain, and the fewer they are the less', () => {
  const perfect = (count: number): number =>
    fitTemperature(
      Uint8Array.from({ length: count }, (_, i) => i % 2),
      { values: Float64Array.from({ length: count }, (_, i) => (i % 2 === 1 ? 3 : -3)), width: 1 },
      2,
    );
  const temperatures = [4, 40, 400].map(perfect);
  for (const [i, n] of [4, 40, 400].entries()) {
    const t = temperatures[i] ?? 0;
    // Where the prior holds the likelihood: ln T = −n · (3 / T) · σ(−3 / T).
    assert.ok(Math.abs(Math.log(t) + n * (3 / t) * sigmoid(-3 / t)) < 1e-3, `${t} for ${n}`);
  }
  assert.ok((temperatures[0] ?? 0) > (temperatures[1] ?? 0) && (temperatures[1] ?? 0) > (temperatures[2] ?? 0));
  assert.ok((temperatures[0] ?? 0) < 1 && (temperatures[2] ?? 0) > 0.2, temperatures.join());
});

test('what cannot be fitted is refused', () => {
  const isScores = (error: unknown): boolean => error instanceof PawprintError && error.code === 'SCORES_INVALID';
  assert.throws(() => fitTemperature([0, 1], { values: [1], width: 1 }, 2), isScores);
  assert.throws(() => fitTemperature([0, 2], { values: [1, 2], width: 1 }, 2), isScores);
  assert.throws(() => fitTemperature([0, 1], { values: [1, NaN], width: 1 }, 2), isScores);
});
