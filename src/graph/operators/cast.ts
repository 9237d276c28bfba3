// Cast to another element type. Between floats it passes the gradient; no gradient flows through other types.
import { invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { type DataType, intAttribute, requiredInput, requiredOutput } from '../types.ts';

/** TensorProto.DataType numbers of the element types that graphs use. */
export const onnxDataTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 } as const satisfies Record<
  DataType,
  number
>;

export const cast: OperatorDefinition = {
  op: 'Cast',
  infer: (c) => {
    const to = intAttribute(c, 'to', 0);
    const dtype = (Object.keys(onnxDataTypes) as DataType[]).find((name) => onnxDataTypes[name] === to);
    if (dtype === undefined) throw invalidNode(c, `element type ${to} is not supported`);
    return [{ dtype, shape: operand(c, 0).shape }];
  },
  gradient: (c) => {
    const floats = requiredInput(c.node, 0).dtype === 'float32' && requiredOutput(c.node, 0).dtype === 'float32';
    return [floats ? c.outputGradients[0] : undefined];
  },
};
