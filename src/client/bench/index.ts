// bench: how a running service does under load.
export * from './bench-serve.ts';
export * from './bench-text.ts';
