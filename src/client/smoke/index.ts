// smoke: does a running service do what this program's service does?
export * from './smoke-test.ts';
export * from './smoke-text.ts';
