// DequantizeLinear: (x − zero point)·scale, for the whole tensor or per channel along `axis`. It runs quantised models
// and has no gradient: train on the graph that `floatGraph` makes of them.
import { invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { checkQuantisation } from './quantize-linear.ts';

export const dequantizeLinear: OperatorDefinition = {
  op: 'DequantizeLinear',
  infer: (c) => {
    const x = operand(c, 0);
    const zeroPoint = checkQuantisation(c);
    if (x.dtype !== 'uint8' && x.dtype !== 'int8' && x.dtype !== 'int32')
      throw invalidNode(c, `input ${x.name} is ${x.dtype}, not uint8, int8 or int32`);
    if (zeroPoint !== undefined && zeroPoint.dtype !== x.dtype)
      throw invalidNode(c, `zero point ${zeroPoint.name} is ${zeroPoint.dtype}, but the input is ${x.dtype}`);
    return [{ dtype: 'float32', shape: x.shape }];
  },
};
