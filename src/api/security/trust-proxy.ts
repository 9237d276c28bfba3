// Whose word about a client's address counts. X-Forwarded-For is what anybody writes into it, unless the connection comes
// from a proxy that is known to write the truth.
import { isIP } from 'node:net';
import { PawprintError } from '../../core/index.ts';

/** What Fastify takes as `trustProxy`. */
export type TrustProxy = false | string[];

/**
 * Checks the addresses and networks (10.0.0.0/8, fd00::/8) of proxies; none: nobody's word counts. Throws USAGE, also
 * for a network of everybody.
 */
export function checkTrustProxy(proxies: readonly string[]): TrustProxy {
  for (const proxy of proxies)
    if (!isNetwork(proxy))
      throw new PawprintError('USAGE', {
        message: 'the address of a trusted proxy has a form that does not fit',
        expected: 'an IP address, or a network as 10.0.0.0/8 or fd00::/8',
        received: proxy,
        hint: 'Name the proxies in front of the service alone: whoever is trusted may claim any address.',
      });
  return proxies.length === 0 ? false : [...proxies];
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
