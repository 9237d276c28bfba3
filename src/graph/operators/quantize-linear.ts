// QuantizeLinear: saturate(round(x / scale) + zero point) as uint8 or int8, rounding halves to even, for the whole tensor
// or per channel along `axis`. It runs quantised models and has no gradient: train on the graph that `floatGraph` makes.
import { invalidNode, type InferenceContext, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { intAttribute, type Value } from '../types.ts';

export const quantizeLinear: OperatorDefinition = {
  op: 'QuantizeLinear',
  infer: (c) => {
    const x = operand(c, 0);
    const dtype = checkQuantisation(c)?.dtype ?? 'uint8';
    if (x.dtype !== 'float32' && x.dtype !== 'int32')
      throw invalidNode(c, `input ${x.name} is ${x.dtype}, not float32 or int32`);
    if (dtype !== 'uint8' && dtype !== 'int8') throw invalidNode(c, `the zero point is ${dtype}, not uint8 or int8`);
    return [{ dtype, shape: x.shape }];
  },
};

/**
 * Checks the scale (one number, or one for each channel along `axis`, 1 by default) and the zero point (of the same
 * shape) of a QuantizeLinear or DequantizeLinear; GRAPH_INVALID, naming the node. Returns the zero point.
 */
export function checkQuantisation(c: InferenceContext): Value | undefined {
  const [x, scale, zeroPoint] = [operand(c, 0), operand(c, 1), c.inputs[2]];
  if (scale.dtype !== 'float32') throw invalidNode(c, `scale ${scale.name} is ${scale.dtype}, not float32`);
  if (zeroPoint !== undefined && zeroPoint.shape.join() !== scale.shape.join())
    throw invalidNode(c, `zero point [${zeroPoint.shape.join(', ')}] and scale [${scale.shape.join(', ')}] differ`);
  const [channels = 1, ...more] = scale.shape;
  if (channels === 1 && more.length === 0) return zeroPoint;
  const size = x.shape[normaliseAxis(intAttribute(c, 'axis', 1), x.shape.length)];
  if (more.length > 0 || channels !== size)
    throw invalidNode(c, `scale [${scale.shape.join(', ')}] does not fit the ${String(size)} channels of the input`);
  return zeroPoint;
}
