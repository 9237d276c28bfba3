// The port: taken, or a word about why not.
import type { FastifyInstance } from 'fastify';
import { PawprintError } from '../../core/index.ts';

interface Place {
  readonly host: string;
  readonly port: number;
}

/** Resolves to the address, `http://127.0.0.1:8000`. Throws USAGE when the port cannot be had. */
export async function listenAt(app: FastifyInstance, { host, port }: Place): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw asListenError(error, { host, port });
  }
}

function asListenError(error: unknown, { host, port }: Place): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') return error;
  return new PawprintError('USAGE', {
    message: `cannot listen on ${host}:${port}`,
    expected: 'a free port on an address of this machine',
    received: code,
    hint: 'Choose another with --port or --host, or stop what listens there.',
    cause: error,
  });
}
