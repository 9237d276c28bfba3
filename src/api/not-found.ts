// An address that is not there: 404; or one that is, with another method: 405 and what it allows.
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { PawprintError } from '../core/index.ts';
import { sendProblem } from './problem.ts';

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Before a body is looked at: what it holds, and of what type, says nothing of an address. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const refuse = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [path = '/'] = request.url.split('?');
    const allowed = methods.filter((method) => (app.findRoute({ method, url: path }) as object | null) !== null);
    // A route that says so itself knows the method, but not this one of its addresses.
    if (allowed.length === 0 || allowed.some((method) => method === request.method)) {
      const hint =
        'GET /docs lists what there is: POST /predict, GET /health, /live, /ready, /metrics, /stats and more.';
      return sendProblem(
        new PawprintError('ROUTE_UNKNOWN', { message: 'there is nothing at this address', hint }),
        request,
        reply,
      );
    }
    void reply.header('allow', allowed.join(', '));
    return sendProblem(
      new PawprintError('METHOD_NOT_ALLOWED', {
        message: 'the address does not know this method',
        expected: allowed.join(', '),
        received: request.method,
      }),
      request,
      reply,
    );
  };
  app.setNotFoundHandler(refuse);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) void refuse(request, reply);
    else done();
  });
}
