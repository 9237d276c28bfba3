// models: cnn, logistic regression; model files.
export * from './model-metadata.ts';
