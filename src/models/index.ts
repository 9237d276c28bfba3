// models: cnn, logistic regression; model files.
export * from './model-metadata.ts';
export * from './cnn.ts';
export * from './logistic-regression.ts';
export * from './transfer.ts';
export * from './model-file.ts';
export * from './network-for.ts';
