// core: what every stage stands on. No stage's knowledge lives here.
export * from './errors.ts';
export * from './random.ts';
export * from './hash.ts';
export * from './atomic-file.ts';
export * from './progress.ts';
export * from './worker-pool.ts';
export * from './schema-issues.ts';
export * from './params.ts';
export * from './class-names.ts';
