// graph: models as data, gradients, losses, optimisers, ONNX bytes.
export * from './types.ts';
export * from './operator.ts';
export * from './builder.ts';
export * from './differentiate.ts';
export * from './onnx-write.ts';
export { operatorDefinition, operators } from './operators/index.ts';
