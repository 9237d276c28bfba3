// The table of operators: one file each, found by its ONNX name.
import { PawprintError } from '../../core/index.ts';
import type { OperatorDefinition } from '../operator.ts';
import { abs } from './abs.ts';
import { add } from './add.ts';
import { averagePool } from './average-pool.ts';
import { batchNormalization } from './batch-normalization.ts';
import { cast } from './cast.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { conv } from './conv.ts';
import { convTranspose } from './conv-transpose.ts';
import { dequantizeLinear } from './dequantize-linear.ts';
import { div } from './div.ts';
import { dropout } from './dropout.ts';
import { equal } from './equal.ts';
import { exp } from './exp.ts';
import { expand } from './expand.ts';
import { flatten } from './flatten.ts';
import { floor } from './floor.ts';
import { fusedMatMul } from './fused-mat-mul.ts';
import { gemm } from './gemm.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { hardSigmoid } from './hard-sigmoid.ts';
import { hardSwish } from './hard-swish.ts';
import { identity } from './identity.ts';
import { leakyRelu } from './leaky-relu.ts';
import { log } from './log.ts';
import { logSoftmax } from './log-softmax.ts';
import { matMul } from './mat-mul.ts';
import { maxPool } from './max-pool.ts';
import { min } from './min.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { pad } from './pad.ts';
import { pow } from './pow.ts';
import { quantizeLinear } from './quantize-linear.ts';
import { reduceMean } from './reduce-mean.ts';
import { reduceSum } from './reduce-sum.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { resize } from './resize.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { split } from './split.ts';
import { sqrt } from './sqrt.ts';
import { squeeze } from './squeeze.ts';
import { sub } from './sub.ts';
import { sum } from './sum.ts';
import { tanh } from './tanh.ts';
import { transpose } from './transpose.ts';
import { unsqueeze } from './unsqueeze.ts';

/** Every operator that graphs can be made of. */
export const operators: readonly OperatorDefinition[] = [
  abs,
  add,
  averagePool,
  batchNormalization,
  cast,
  clip,
  concat,
  conv,
  convTranspose,
  dequantizeLinear,
  div,
  dropout,
  equal,
  exp,
  expand,
  flatten,
  floor,
  fusedMatMul,
  gemm,
  globalAveragePool,
  hardSigmoid,
  hardSwish,
  identity,
  leakyRelu,
  log,
  logSoftmax,
  matMul,
  maxPool,
  min,
  mul,
  neg,
  pad,
  pow,
  quantizeLinear,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  resize,
  sigmoid,
  sign,
  slice,
  softmax,
  split,
  sqrt,
  squeeze,
  sub,
  sum,
  tanh,
  transpose,
  unsqueeze,
];

const byName: ReadonlyMap<string, OperatorDefinition> = new Map(
  operators.map((definition) => [definition.op, definition]),
);

/** The definition of an operator; OPERATOR_UNSUPPORTED names it and the node when there is none. */
export function operatorDefinition(op: string, nodeName?: string): OperatorDefinition {
  const definition = byName.get(op);
  if (definition !== undefined) return definition;
  throw new PawprintError('OPERATOR_UNSUPPORTED', {
    message: `operator ${op}${nodeName === undefined ? '' : ` (node ${nodeName})`} is not supported`,
    expected: [...byName.keys()].join(', '),
    received: op,
    hint: 'Use a model made of supported operators, or add a file for it under src/graph/operators/.',
  });
}
