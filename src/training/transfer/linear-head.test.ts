import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../core/index.ts';
import { probabilitiesFromLogits } from '../../evaluation/index.ts';
import { fitLinearHead, type LinearHeadFit, type LinearHeadOptions } from './linear-head.ts';
import { fittedHeads } from './test-vectors/scikit-learn.ts';

interface Clouds {
  readonly counts: readonly number[];
  readonly featureCount: number;
  readonly distance?: number;
}

/** Normal clouds, one a class, in features of different scale and offset. */
function clouds({ counts, featureCount: d, distance = 1 }: Clouds): { features: Float32Array; labels: Uint8Array } {
  const random = createRandom(3, 'clouds');
  const centres = counts.map(() => Array.from({ length: d }, () => distance * random.normal()));
  const labels = Uint8Array.from(counts.flatMap((count, label) => Array<number>(count).fill(label)));
  const features = Float32Array.from({ length: labels.length * d }, (_, i) => {
    const j = i % d;
    return 5 + (1 + j) * (random.normal() + (centres[labels[Math.floor(i / d)] ?? 0]?.[j] ?? 0));
  });
  return { features, labels };
}

const settings = { classWeights: 'none', seed: 1, threads: 1 } as const;

/** Largest component of the gradient of the mean loss at a head, in float64 from its definition. */
function gradientNorm(options: LinearHeadOptions, fit: LinearHeadFit): number {
  const { features, labels, classCount } = options;
  const [n, k] = [labels.length, fit.bias.length];
  const d = features.length / n;
  const column = (j: number): number[] => Array.from(labels, (_, i) => features[i * d + j] ?? 0);
  const mean = Array.from({ length: d }, (_, j) => column(j).reduce((sum, x) => sum + x, 0) / n);
  const squares = mean.map((m, j) => column(j).reduce((sum, x) => sum + (x - m) ** 2, 0));
  const deviation = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (n * d));
  const perClass = Array.from({ length: classCount }, (_, c) => labels.filter((label) => label === c).length);
  const gradient = new Float64Array(k * (d + 1));
  const add = (at: number, value: number): void => void (gradient[at] = (gradient[at] ?? 0) + value);
  for (let i = 0; i < n; i++) {
    const row = Array.from({ length: d }, (_, j) => features[i * d + j] ?? 0);
    const logits = Array.from(fit.bias, (b, c) => row.reduce((z, x, j) => z + x * (fit.weights[c * d + j] ?? 0), b));
    const p = probabilitiesFromLogits({ values: logits, width: k }, classCount);
    const label = labels[i] ?? 0;
    const weight = options.classWeights === 'none' ? 1 : n / (classCount * (perClass[label] ?? 0));
    for (let c = 0; c < k; c++) {
      const own = k === 1 ? 1 : c;
      const residual = ((p[own] ?? 0) - Number(label === own)) * (weight / n);
      row.forEach((x, j) => add(c * d + j, (residual * (x - (mean[j] ?? 0))) / deviation));
      add(k * d + c, residual);
    }
  }
  for (let c = 0; c < k; c++)
    for (let j = 0; j < d; j++) add(c * d + j, (fit.strength / n) * (fit.weights[c * d + j] ?? 0) * deviation);
  return gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

describe('fitLinearHead', () => {
  for (const [name, vector] of Object.entries(fittedHeads))
    it(`finds scikit-learn's weights: ${name}`, async () => {
      const fit = await fitLinearHead({
        ...settings,
        features: Float32Array.from(vector.features),
        labels: Uint8Array.from(vector.labels),
        classCount: vector.classCount,
        classWeights: vector.balanced ? 'balanced' : 'none',
        strengths: [vector.strength],
      });
      const close = (actual: Float32Array, expected: readonly number[]): void => {
        assert.equal(actual.length, expected.length);
        expected.forEach((value, i) =>
          assert.ok(Math.abs((actual[i] ?? NaN) - value) < 2e-5, `${actual.join()} is not ${expected.join()}`),
        );
      };
      close(fit.weights, vector.weights);
      close(fit.bias, vector.bias);
    });

  const cases: [string, Clouds, 'balanced' | 'none'][] = [
    ['two classes', { counts: [60, 60], featureCount: 20 }, 'none'],
    ['two classes that overlap, one rare', { counts: [150, 10], featureCount: 8, distance: 0.3 }, 'balanced'],
    ['more features than photos', { counts: [12, 12], featureCount: 200 }, 'none'],
    ['four classes', { counts: [30, 30, 20, 10], featureCount: 12 }, 'balanced'],
    ['more photos than one chunk', { counts: [1500, 1100], featureCount: 5, distance: 0.5 }, 'none'],
  ];
  for (const [name, spec, classWeights] of cases)
    it(`leaves no gradient in a float64 recomputation: ${name}`, async () => {
      const options = { ...settings, ...clouds(spec), classCount: spec.counts.length, classWeights };
      const norm = gradientNorm(options, await fitLinearHead(options));
      assert.ok(norm < 1e-5, `gradient ${norm}`);
    });

  it('predicts each photo by a model that did not see it or its near duplicates', async () => {
    // Labels at random: only a model that saw a twin can tell, and pairs of twins are kept together.
    const random = createRandom(8);
    const [pairs, d] = [40, 60];
    const features = new Float32Array(2 * pairs * d).map(() => random.normal());
    const labels = Uint8Array.from({ length: 2 * pairs }, (_, i) => (i >> 1) % 2);
    for (let i = 0; i < pairs; i++) features.copyWithin((2 * i + 1) * d, 2 * i * d, (2 * i + 1) * d);
    const groups = Int32Array.from(labels, (_, i) => i >> 1);
    const options = { ...settings, features, labels, classCount: 2, strengths: [1], folds: 10 };
    const together = await fitLinearHead({ ...options, groups });
    const apart = await fitLinearHead(options);
    assert.ok((together.table[0]?.accuracy ?? 1) < 0.7);
    assert.ok((apart.table[0]?.accuracy ?? 0) > 0.8);
  });

  it('chooses the strength of least held-out log loss and says what each reached', async () => {
    const strengths = [1e-4, 1, 30, 1e5];
    const data = clouds({ counts: [40, 40], featureCount: 30, distance: 0.3 });
    const fit = await fitLinearHead({ ...settings, ...data, classCount: 2, strengths });
    assert.deepEqual(
      fit.table.map(({ strength }) => strength),
      strengths,
    );
    const best = fit.table.reduce((a, b) => (b.logLoss < a.logLoss ? b : a));
    assert.equal(fit.strength, best.strength);
    assert.ok(best.strength > 1e-4 && best.strength < 1e5);
    assert.ok(best.logLoss < Math.LN2 && best.accuracy > 0.6 && best.standardError > 0);
    assert.equal(fit.heldOutLogits.length, 80);
    assert.equal(fit.folds, 5);
  });

  it('fits two photos a class, leaving each out in turn', async () => {
    const fit = await fitLinearHead({ ...settings, ...clouds({ counts: [2, 2], featureCount: 50 }), classCount: 2 });
    assert.equal(fit.folds, 4);
    assert.equal(fit.weights.length, 50);
    assert.ok(fit.heldOutLogits.every(Number.isFinite));
  });

  it('gives features that never change no weight', async () => {
    const { features, labels } = clouds({ counts: [20, 20], featureCount: 4 });
    for (let i = 0; i < 40; i++) features[i * 4 + 2] = 0.1;
    const fit = await fitLinearHead({ ...settings, features, labels, classCount: 2 });
    assert.equal(fit.weights[2], 0);
    assert.ok((fit.table[0]?.accuracy ?? 0) > 0.6);
  });

  it('repeats bit for bit', async () => {
    const options = { ...settings, ...clouds({ counts: [30, 20, 10], featureCount: 16 }), classCount: 3 };
    assert.deepEqual(await fitLinearHead(options), await fitLinearHead(options));
  });

  it('says what is wrong with photos that cannot be learned from', async () => {
    const labels = Uint8Array.of(0, 0, 1, 1);
    const fit = (features: Float32Array, signal?: AbortSignal): Promise<LinearHeadFit> =>
      fitLinearHead({ ...settings, features, labels, classCount: 2, ...(signal === undefined ? {} : { signal }) });
    await assert.rejects(fit(new Float32Array(12).fill(0.3)), { code: 'DATASET_INVALID', message: /look the same/ });
    const broken = Float32Array.of(1, 2, 3, 4, 5, Number.NaN, 7, 8);
    await assert.rejects(fit(broken), { code: 'DATASET_INVALID', message: /photo 2 / });
    const sound = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    await assert.rejects(fit(sound, AbortSignal.abort()), { code: 'CANCELLED' });
  });
});
