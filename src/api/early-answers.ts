// Answers to requests that have not wholly come yet: no key, nothing at that address, too large. Closing a connection while
// its client still sends resets it, and the client never sees what it was told: the rest is read first, for a while. One
// that goes on and on, though it was answered, is cut.
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

export interface Patience {
  /** How long an answer behind which the connection closes waits for the rest of its request. */
  readonly readFirstMs?: number;
  /** How long a client may go on sending what was answered already. */
  readonly cutAfterMs?: number;
}

/** Call before the routes are added. */
export function answerEarlyRequests(app: FastifyInstance, patience: Patience = {}): void {
  const { readFirstMs = 1000, cutAfterMs = 5000 } = patience;
  app.addHook('onSend', async ({ raw }, reply) => {
    const connection = [reply.getHeader('connection'), raw.headers.connection];
    const closes = connection.some((each) => /\bclose\b/i.test(String(each)));
    if (closes && !raw.complete && !raw.destroyed) await drain(raw, readFirstMs);
  });
  app.addHook('onResponse', ({ raw }, _, done) => {
    if (!raw.complete && !raw.socket.destroyed) {
      const cut = setTimeout(() => raw.socket.destroy(), cutAfterMs);
      raw.once('close', () => clearTimeout(cut));
    }
    done();
  });
}

/** Throws away what comes, until its end or for so long. */
async function drain(raw: IncomingMessage, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
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
