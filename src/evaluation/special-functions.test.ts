// The special functions against SciPy, in the middle and far out in the tails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betaQuantile, incompleteBeta, logGamma, normalCdf, normalQuantile } from './special-functions.ts';
import { relativeError, vectors } from './test-vectors/scikit-learn.ts';

test('log-gamma, incomplete beta, normal distribution and quantile agree with SciPy', () => {
  for (const [x, expected] of vectors.special.logGamma)
    assert.ok(Math.abs(logGamma(x) - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `logGamma(${x})`);
  for (const [x, a, b, expected] of vectors.special.incompleteBeta)
    assert.ok(relativeError(incompleteBeta(x, a, b), expected) < 1e-9, `incompleteBeta(${x}, ${a}, ${b})`);
  for (const [z, expected] of vectors.special.normalCdf)
    assert.ok(relativeError(normalCdf(z), expected) < 1e-9, `normalCdf(${z}) = ${normalCdf(z)}`);
  for (const [p, expected] of vectors.special.normalQuantile)
    assert.ok(Math.abs(normalQuantile(p) - expected) < 1e-8, `normalQuantile(${p}) = ${normalQuantile(p)}`);
});

test('the beta quantile undoes the incomplete beta function', () => {
  for (const [a, b] of [
    [1, 1],
    [0.5, 3],
    [838, 163],
  ] as const)
    for (const p of [0.025, 0.5, 0.975]) assert.ok(Math.abs(incompleteBeta(betaQuantile(p, a, b), a, b) - p) < 1e-9);
});
