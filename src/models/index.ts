// models: cnn, logistic regression, transfer; model files and their known answer.
export * from './model-metadata.ts';
export * from './cnn.ts';
export * from './logistic-regression.ts';
export * from './transfer.ts';
export { decodeModelFile, type ModelFile, readModelFile } from './model-file.ts';
export * from './write-model-file.ts';
export * from './is-known-answer.ts';
export * from './known-answer.ts';
export * from './network-for.ts';
