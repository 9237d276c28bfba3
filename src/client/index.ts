// client: what speaks to a running service over HTTP.
export * from './pictures.ts';
export * from './service-url.ts';
export * from './smoke/index.ts';
export * from './bench/index.ts';
