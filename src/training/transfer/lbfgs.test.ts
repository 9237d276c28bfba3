import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { minimise, type MinimiseOptions } from './lbfgs.ts';

type Slope = (x: number, j: number) => number;

/** Separable problems: the gradient of each is one slope a coordinate. */
function separable(problems: readonly Slope[], calls: number[][] = []): MinimiseOptions['gradients'] {
  return (indices, points, gradients) => {
    calls.push([...indices]);
    indices.forEach((problem, i) =>
      points[i]?.forEach((x, j) => {
        const gradient = gradients[i];
        if (gradient !== undefined) gradient[j] = problems[problem]?.(x, j) ?? Number.NaN;
      }),
    );
    return Promise.resolve();
  };
}

describe('minimise', () => {
  const settings = { tolerance: 1e-8, maxIterations: 500 };

  it('finds the minima of badly scaled problems together, and asks only for those that still move', async () => {
    const points = [new Float64Array(6), new Float64Array(6).fill(9), new Float64Array(6).fill(2)];
    const calls: number[][] = [];
    const gradients = separable(
      [
        (x, j) => 10 ** (j - 2) * (x - j), // a bowl, 100,000 times as steep one way as another
        (x, j) => Math.tanh(x - j) * 0.01 + (x - j) * 1e-4, // nearly flat far away
        (x) => x - 2, // solved at its start
      ],
      calls,
    );
    const minima = await minimise({ ...settings, points, gradients });
    for (const point of points.slice(0, 2)) point.forEach((x, j) => assert.ok(Math.abs(x - j) < 1e-3, `${x} for ${j}`));
    for (const { gradientNorm } of minima) assert.ok(gradientNorm <= 1e-8);
    assert.equal(minima[2]?.iterations, 0);
    assert.deepEqual(calls[0], [0, 1, 2]);
    assert.ok(calls.slice(1).every((indices) => !indices.includes(2)));
  });

  it('follows a wall: a slope that leaps from gentle to steep', async () => {
    const points = [Float64Array.of(-5, -5)];
    const gradients = separable([(x) => (x < 1 ? -1e-3 : 100 * (x - 1) - 1e-3)]);
    const [minimum] = await minimise({ ...settings, points, gradients });
    assert.ok((minimum?.gradientNorm ?? 1) <= 1e-8, `gradient ${minimum?.gradientNorm}`);
  });

  it('ends after maxIterations, and where rounding leaves no better point', async () => {
    const bowl = separable([(x, j) => 10 ** j * x]);
    const stopped = await minimise({
      ...settings,
      points: [new Float64Array(6).fill(1)],
      maxIterations: 2,
      gradients: bowl,
    });
    assert.equal(stopped[0]?.iterations, 2);
    const step = separable([(x) => (x < 0.3 ? -1 : 1)]);
    const [stuck] = await minimise({ ...settings, points: [Float64Array.of(0)], gradients: step });
    assert.equal(stuck?.gradientNorm, 1);
  });
});
