// security: who may ask, how often, from where, and what a browser may do with the answer. See docs/security.md.
export * from './api-keys.ts';
export * from './client-error.ts';
export * from './headers.ts';
export * from './odd-requests.ts';
export * from './key-file.ts';
export * from './scopes.ts';
export * from './security-plugin.ts';
export { checkOrigins } from './cors.ts';
export { checkTrustProxy, type TrustProxy } from './trust-proxy.ts';
export type { RateLimit } from './rate-limit.ts';
