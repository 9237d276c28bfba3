// MatMul: matrix product over the last two axes, the others broadcast; a one-dimensional operand is a row (left) or a
// column (right) whose extra axis is dropped from the result. dA = dY·Bᵀ, dB = Aᵀ·dY, each summed to its shape.
import { firstGradient, type GradientContext, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes, sumToShape } from '../shapes.ts';
import { elementCount, int, requiredInput, type Shape, staticShape, type Value } from '../types.ts';

export const matMul: OperatorDefinition = {
  op: 'MatMul',
  infer: (c) => {
    const [x, y] = [operand(c, 0), operand(c, 1)];
    const [a, b] = [asMatrix(x.shape, 'left'), asMatrix(y.shape, 'right')];
    const [rows, innerA, innerB, columns] = [a.at(-2), a.at(-1), b.at(-2), b.at(-1)];
    if (innerA !== innerB || rows === undefined || columns === undefined)
      throw invalidNode(c, `[${x.shape.join(', ')}] and [${y.shape.join(', ')}] do not multiply`);
    const batch = broadcastShapes(c, a.slice(0, -2), b.slice(0, -2));
    const shape = [...batch, ...(x.shape.length === 1 ? [] : [rows]), ...(y.shape.length === 1 ? [] : [columns])];
    return [{ dtype: x.dtype, shape }];
  },
  gradient: (c) => {
    const [x, y] = [requiredInput(c.node, 0), requiredInput(c.node, 1)];
    const [shapeA, shapeB] = [asMatrix(staticShape(x), 'left'), asMatrix(staticShape(y), 'right')];
    const [a, b] = [c.b.reshape(x, shapeA), c.b.reshape(y, shapeB)];
    const batch = staticShape(firstGradient(c)).slice(0, batchRank(shapeA, shapeB));
    const dy = c.b.reshape(firstGradient(c), [...batch, shapeA.at(-2) ?? 1, shapeB.at(-1) ?? 1]);
    const backTo = (gradient: Value, matrix: Value, original: Value): Value =>
      c.b.reshape(sumToShape(c.b, gradient, matrix), staticShape(original));
    return [
      c.needs[0] ? backTo(c.b.node('FusedMatMul', [dy, b], { transB: int(1) }), a, x) : undefined,
      c.needs[1] ? backTo(rightGradient(c, a, dy, shapeB.length), b, y) : undefined,
    ];
  },
};

function asMatrix<Size extends number | string>(shape: readonly Size[], side: 'left' | 'right'): (Size | 1)[] {
  if (shape.length !== 1) return [...shape];
  return side === 'left' ? [1, ...shape] : [...shape, 1];
}

function batchRank(a: Shape, b: Shape): number {
  return Math.max(a.length, b.length) - 2;
}

/** Aᵀ·dY; one long product instead of one per batch entry where B has no batch axes of its own. */
function rightGradient(c: GradientContext, a: Value, dy: Value, rankB: number): Value {
  const [shapeA, shapeY] = [staticShape(a), staticShape(dy)];
  if (rankB > 2 || shapeA.length !== shapeY.length) return c.b.node('FusedMatMul', [a, dy], { transA: int(1) });
  const flat = (value: Value, shape: readonly number[]): Value =>
    c.b.reshape(value, [elementCount(shape.slice(0, -1)), shape.at(-1) ?? 1]);
  return c.b.node('Gemm', [flat(a, shapeA), flat(dy, shapeY)], { transA: int(1) });
}
