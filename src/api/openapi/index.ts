// GET /openapi.json: OpenAPI 3.1 out of the routes' own schemas. GET /docs: a page to read it and try it.
import type { FastifyInstance } from 'fastify';
import type { Json } from './json-schema.ts';
import { type DocumentedRoute, operation } from './operation.ts';

export interface ServiceDescription {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/**
 * Call before the routes are added: it gathers them as they come. Throws for one without a summary, so that none is there
 * that the document does not know; files of a page are no part of the API.
 */
export function openApi(app: FastifyInstance, description: ServiceDescription): void {
  const routes: DocumentedRoute[] = [];
  app.addHook('onRoute', ({ method, url, schema, config }) => {
    if (config?.page === true) return;
    if (schema?.summary === undefined) throw new Error(`${[method].flat().join('|')} ${url} is not described`);
    for (const each of [method].flat())
      if (each !== 'HEAD') routes.push({ method: each, url, schema, scope: config?.scope ?? 'admin' });
  });
  let document: string | undefined;
  app.get(
    '/openapi.json',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'this description, as OpenAPI 3.1',
        tags: ['service'],
        answers: { 200: { description: 'the document', contentType: 'application/json' } },
      },
    },
    (_, reply) =>
      reply.type('application/json').send((document ??= JSON.stringify(buildDocument(routes, description)))),
  );
}

function buildDocument(routes: readonly DocumentedRoute[], { title, version, description }: ServiceDescription): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, components) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version, description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: [
      { name: 'predictions', description: 'pictures in, answers out' },
      { name: 'service', description: 'how the service does' },
      { name: 'open inference protocol', description: 'V2 over REST, as KServe and others speak it' },
      { name: 'administration', description: 'which model answers' },
    ],
    paths,
    components: {
      schemas: components,
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'a key of `pawprint api-key create`' } },
    },
  };
}
