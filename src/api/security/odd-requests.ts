// Requests that Node's server would answer by itself, in a form of its own.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { PawprintError } from '../../core/index.ts';

/** For a server with `requireHostHeader: false`; call it before other hooks are added. */
export function refuseOddRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _, done) => {
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
      throw new PawprintError('REQUEST_INVALID', { message: 'the request names no host', expected: 'a header Host' });
    done();
  });
  // An expectation other than 100-continue may be passed over (RFC 9110, 10.1.1).
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    app.server.emit('request', request, response);
  });
}
