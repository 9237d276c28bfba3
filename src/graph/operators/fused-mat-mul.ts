// FusedMatMul (ONNX Runtime's own): a matrix product that transposes on the fly; used in gradients only.
import { invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes } from '../shapes.ts';
import { intAttribute } from '../types.ts';

export const fusedMatMul: OperatorDefinition = {
  op: 'FusedMatMul',
  domain: 'com.microsoft',
  infer: (c) => {
    const [a, b] = [operand(c, 0).shape, operand(c, 1).shape];
    const [transA, transB] = [intAttribute(c, 'transA', 0) === 1, intAttribute(c, 'transB', 0) === 1];
    const [rows, innerA] = transA ? [a.at(-1), a.at(-2)] : [a.at(-2), a.at(-1)];
    const [innerB, columns] = transB ? [b.at(-1), b.at(-2)] : [b.at(-2), b.at(-1)];
    if (innerA !== innerB || rows === undefined || columns === undefined)
      throw invalidNode(c, `[${a.join(', ')}] and [${b.join(', ')}] do not multiply`);
    return [{ dtype: 'float32', shape: [...broadcastShapes(c, a.slice(0, -2), b.slice(0, -2)), rows, columns] }];
  },
};
