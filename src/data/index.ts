// data: import, validation, split, manifest.
export * from './manifest.ts';
