import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseStrength, scoreStrength, type StrengthRow } from './strength.ts';

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

describe('scoreStrength', () => {
  it('weighs the losses and counts each photo once for accuracy', () => {
    const row = scoreStrength(3, {
      logits: Float32Array.of(Math.log(3), Math.log(3), -Math.log(3)), // class 1 with 3/4, 3/4, 1/4
      labels: Uint8Array.of(1, 0, 0),
      weights: Float64Array.of(2, 0.5, 0.5),
      classCount: 2,
    });
    const [small, large] = [Math.log(4 / 3), Math.log(4)];
    const mean = (2.5 * small + 0.5 * large) / 3;
    near(row.logLoss, mean);
    near(row.accuracy, 2 / 3);
    near(row.standardError, Math.sqrt(4.25 * (small - mean) ** 2 + 0.25 * (large - mean) ** 2) / 3);
  });

  it('takes the largest of several logits, and stays finite far out', () => {
    const logits = Float32Array.of(900, -900, 0, 0, 900, -900);
    const weights = Float64Array.of(1, 1);
    const row = scoreStrength(1, { logits, labels: Uint8Array.of(0, 2), weights, classCount: 3 });
    near(row.accuracy, 0.5);
    near(row.logLoss, 900);
  });
});

describe('chooseStrength', () => {
  const row = (strength: number, logLoss: number): StrengthRow => ({
    strength,
    logLoss,
    accuracy: 1,
    standardError: 1,
  });

  it('takes the least log loss, and of equal ones the strongest', () => {
    assert.equal(chooseStrength([row(1, 0.3), row(10, 0.2), row(100, 0.4)]), 1);
    assert.equal(chooseStrength([row(1, 0.2), row(100, 0.2), row(10, 0.2)]), 1);
  });
});
