// One GET over HTTP(S) whose body arrives byte for byte as the server sent it. Not `fetch`: that unpacks a body marked
// `Content-Encoding: gzip`, as some servers mark every .tar.gz, and then neither sizes, ranges nor checksums hold.
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { PawprintError } from '../../core/index.ts';

export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Without a byte for so long, the connection counts as broken. Milliseconds. */
  readonly idleTimeoutMs: number;
}

const maxRedirects = 10;

/**
 * The response to a GET of `url`, redirects followed. An answer of any status is returned; what cannot be asked at all
 * throws the network's own error. Throws DOWNLOAD_FAILED for circles of redirects and ones that leave https.
 */
export async function getFollowing(url: string, options: GetOptions): Promise<IncomingMessage> {
  let at = parseUrl(url);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await getOnce(at, options);
    const status = response.statusCode ?? 0;
    const location = response.headers.location;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return response;
    response.destroy();
    const next = parseUrl(location, at);
    if (at.protocol === 'https:' && next.protocol !== 'https:')
      throw new PawprintError('DOWNLOAD_FAILED', {
        message: `${at.href} redirects to ${next.href}, which is not encrypted`,
        hint: 'Give an address to trust with --url, or get the archive by hand and import it.',
      });
    at = next;
  }
  throw new PawprintError('DOWNLOAD_FAILED', {
    message: `${url} redirects more than ${maxRedirects} times`,
    hint: 'Give the final address with --url.',
  });
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new PawprintError('USAGE', {
    message: `"${text}" is no address to download from`,
    expected: 'an address that starts with https:// or http://',
    received: text,
  });
}

function getOnce(url: URL, options: GetOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? httpsGet : httpGet;
    const headers = { 'user-agent': 'pawprint', accept: '*/*', 'accept-encoding': 'identity', ...options.headers };
    const request = get(url, { headers, signal: options.signal, agent: false }, resolve);
    request.setTimeout(options.idleTimeoutMs, () => {
      request.destroy(new Error(`no byte came for ${Math.round(options.idleTimeoutMs / 1000)} s`));
    });
    request.on('error', reject);
  });
}
