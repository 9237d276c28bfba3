// inference: a model file's answers, on one photo or a million, and how good they are on labelled ones.
export * from './predictor.ts';
export * from './photo-input.ts';
export * from './prediction-lines.ts';
export * from './evaluation-data.ts';
export * from './evaluate.ts';
export * from './evaluation-text.ts';
export * from './evaluation-report.ts';
export * from './explanation/index.ts';
export * from './serving/index.ts';
