// api: the HTTP service as a Fastify app.
export * from './app.ts';
export * from './security/index.ts';
