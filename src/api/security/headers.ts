// The security headers of every answer, in one place. Two kinds: answers of the API, which are data and load nothing, and
// the pages of a browser, which load what comes from this service and nothing else. Strict-Transport-Security is for the
// proxy that speaks TLS.
import type { FastifyInstance } from 'fastify';

const everywhere = {
  // The type that is stated is the type: no guessing.
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // No other site embeds an answer as picture, script or frame.
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

export const apiHeaders = {
  ...everywhere,
  // What a photo shows is kept by nobody on the way.
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

export const pageHeaders = {
  ...everywhere,
  'cache-control': 'no-cache',
  // wasm-unsafe-eval: the model in the page is WebAssembly. data: and blob: are the photos that were chosen.
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
} as const;

/** Sets them before anything else can answer. A route with `config: { page: true }` gets those of a page. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const isPage = !request.is404 && request.routeOptions.config.page === true;
    void reply.headers(isPage ? pageHeaders : apiHeaders);
    done();
  });
}
