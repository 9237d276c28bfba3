// Answers to requests that have not wholly come yet: no key, nothing at that address, too large. Closing a connection while
// its client still sends resets it, and the client never sees what it was told: the rest is read first, for a while.
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Longer than any honest picture takes on a network that is not slow; a client that never ends is told, and cut. */
const patienceMs = 1000;

/** Call before the routes are added. A connection that stays open needs none of it: the server reads on by itself. */
export function answerEarlyRequests(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    const { raw } = request;
    const closes = [reply.getHeader('connection'), raw.headers.connection].some((each) =>
      /\bclose\b/i.test(String(each)),
    );
    if (closes && !raw.complete && !raw.destroyed) await drain(raw);
  });
}

/** Throws away what comes, until its end or for so long. */
async function drain(raw: IncomingMessage): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, patienceMs);
    function done(): void {
      clearTimeout(timer);
      raw.off('end', done).off('close', done).off('error', done);
      resolve();
    }
    raw.once('end', done).once('close', done).once('error', done);
    // Whoever read it has given up.
    raw.unpipe();
    raw.resume();
  });
}
