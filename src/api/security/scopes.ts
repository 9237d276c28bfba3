// What each route asks of who calls it. A route says so itself, in its options: `config: { scope: 'predict' }`. One that
// says nothing is treated as administrative: forgetting a line closes a door, it never opens one.
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { Scope } from '../route.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answers are pages for a browser: they get the headers of one (see headers.ts). */
    page?: boolean;
  }
}

/** Closed to everybody without a key under --protect-metrics. */
const measuring: ReadonlySet<string> = new Set(['/metrics', '/stats']);

/** What a request needs; `any`: a key, whatever its scopes. */
export function neededScope(request: FastifyRequest, protectMetrics: boolean): Scope | 'any' {
  // Nothing is there: nothing to protect, and the answer is 404.
  if (request.is404) return 'open';
  const { url, config } = request.routeOptions;
  if (protectMetrics && url !== undefined && measuring.has(url)) return 'any';
  return config.scope ?? 'admin';
}

/**
 * Marks every route that is added to `app` from here on and is not marked itself: for plugins that bring their own
 * (static files, the documentation's page). Give it an app of its own, as `app.register(async (child) => …)` does.
 */
export function markRoutes(app: FastifyInstance, marks: { readonly scope: Scope; readonly page?: boolean }): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...marks, ...route.config };
  });
}

/** Collects routes from here on; the answer, once all are there, is those without a scope, as `GET /x`. */
export function watchForUnmarkedRoutes(app: FastifyInstance): () => string[] {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  return () =>
    routes
      .filter(({ config }) => config?.scope === undefined)
      .map(({ method, url }) => `${[method].flat().join('|')} ${url}`);
}
