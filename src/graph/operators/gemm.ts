// Gemm: α·A·B + β·C with optional transposes; the fully connected layer.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { sumToShape } from '../shapes.ts';
import { float, floatAttribute, int, intAttribute, requiredInput, type Value } from '../types.ts';

export const gemm: OperatorDefinition = {
  op: 'Gemm',
  infer: (c) => {
    const [a, b] = [operand(c, 0).shape, operand(c, 1).shape];
    const [rows, innerA] = intAttribute(c, 'transA', 0) === 1 ? [a[1], a[0]] : [a[0], a[1]];
    const [innerB, columns] = intAttribute(c, 'transB', 0) === 1 ? [b[1], b[0]] : [b[0], b[1]];
    if (a.length !== 2 || b.length !== 2 || innerA !== innerB || rows === undefined || columns === undefined)
      throw invalidNode(c, `[${a.join(', ')}] and [${b.join(', ')}] do not multiply`);
    return [{ dtype: 'float32', shape: [rows, columns] }];
  },
  gradient: (c) => {
    const dy = firstGradient(c);
    const [a, b] = [requiredInput(c.node, 0), requiredInput(c.node, 1)];
    const transposedA = intAttribute(c.node, 'transA', 0) === 1;
    const transposedB = intAttribute(c.node, 'transB', 0) === 1;
    const alpha = floatAttribute(c.node, 'alpha', 1);
    const beta = floatAttribute(c.node, 'beta', 1);
    const product = (left: Value, right: Value, transA: boolean, transB: boolean): Value =>
      c.b.node('Gemm', [left, right], {
        alpha: float(alpha),
        transA: int(Number(transA)),
        transB: int(Number(transB)),
      });
    // A' = op(A), B' = op(B): dA' = dY·B'ᵀ, dB' = A'ᵀ·dY; each transposed back where op transposes.
    const dA = (): Value => (transposedA ? product(b, dy, transposedB, true) : product(dy, b, false, !transposedB));
    const dB = (): Value => (transposedB ? product(dy, a, true, transposedA) : product(a, dy, !transposedA, false));
    const bias = c.node.inputs[2];
    const dBias = (value: Value): Value => {
      const summed = sumToShape(c.b, dy, value);
      return beta === 1 ? summed : c.b.mul(summed, c.b.floats([beta]));
    };
    return [
      c.needs[0] ? dA() : undefined,
      c.needs[1] ? dB() : undefined,
      bias !== undefined && c.needs[2] ? dBias(bias) : undefined,
    ];
  },
};
