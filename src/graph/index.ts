// graph: models as data, gradients, losses, optimisers, ONNX bytes.
export * from './types.ts';
export * from './operator.ts';
export * from './builder.ts';
export * from './differentiate.ts';
export * from './onnx-write.ts';
export { operatorDefinition, operators } from './operators/index.ts';
export * from './network.ts';
export * from './parameters.ts';
export * from './training-step.ts';
export * from './inference-graph.ts';
export * from './losses/loss.ts';
export { binaryCrossEntropy } from './losses/binary-cross-entropy.ts';
export { softmaxCrossEntropy } from './losses/softmax-cross-entropy.ts';
export * from './optimisers/optimiser.ts';
export { adamW, type AdamWOptions } from './optimisers/adamw.ts';
export { sgd, type SgdOptions } from './optimisers/sgd.ts';
export * from './onnx-inspect.ts';
export * from './safetensors.ts';
