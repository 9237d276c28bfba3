// The address of a service as a user types it, checked once.
import { BlockList, isIPv6 } from 'node:net';
import { PawprintError } from '../core/index.ts';

export interface ServiceUrl {
  /** Scheme, host, port and path prefix without a slash at its end: paths are appended. */
  readonly base: string;
  readonly secure: boolean;
  /** This machine, by address or as localhost. */
  readonly isLoopback: boolean;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Throws USAGE for what is no plain http(s) address. */
export function parseServiceUrl(text: string): ServiceUrl {
  // `localhost:8000` would parse as a scheme `localhost:`.
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  const wrong =
    url === null
      ? 'no address'
      : url.protocol !== 'http:' && url.protocol !== 'https:'
        ? `${url.protocol}//`
        : url.username !== '' || url.password !== ''
          ? 'a name or password in the address'
          : url.search !== '' || url.hash !== ''
            ? 'a query in the address'
            : undefined;
  if (url === null || wrong !== undefined)
    throw new PawprintError('USAGE', {
      message: '--url is no address of a service',
      expected: 'http://host:port or https://host, with a path where the service stands below one',
      received: wrong ?? 'no address',
      hint: 'A key goes into --api-key or the variable PAWPRINT_API_KEY.',
    });
  return {
    base: url.origin + url.pathname.replace(/\/+$/, ''),
    secure: url.protocol === 'https:',
    isLoopback: isLoopbackHost(url.hostname),
  };
}

function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}
