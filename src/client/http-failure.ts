// Why a request got no answer, in a few words and a closed set of kinds that can be counted.

export type FailureKind =
  'refused' | 'unknown host' | 'unreachable' | 'timeout' | 'cut off' | 'no HTTP' | 'TLS' | 'endless answer' | 'other';

export interface HttpFailure {
  readonly ok: false;
  readonly kind: FailureKind;
  readonly words: string;
}

const kinds: Readonly<Record<string, readonly [FailureKind, string]>> = {
  ECONNREFUSED: ['refused', 'connection refused'],
  ENOTFOUND: ['unknown host', 'no such host'],
  EAI_AGAIN: ['unknown host', 'the name of the host cannot be looked up now'],
  EHOSTUNREACH: ['unreachable', 'no way to the host'],
  ENETUNREACH: ['unreachable', 'no way to the network'],
  ETIMEDOUT: ['unreachable', 'the host does not answer'],
  EADDRNOTAVAIL: ['unreachable', 'no port is left on this side'],
  ECONNRESET: ['cut off', 'the connection was cut off'],
  EPIPE: ['cut off', 'the connection was cut off'],
  ECONNABORTED: ['cut off', 'the connection was cut off'],
};

/** The kind and words of an error that node:http gave. */
export function failureOf(error: Error): HttpFailure {
  const { code = '' } = error as NodeJS.ErrnoException;
  const [kind, words] = kinds[code] ?? guess(code, error.message);
  return { ok: false, kind, words };
}

function guess(code: string, message: string): readonly [FailureKind, string] {
  if (code.startsWith('HPE_')) return ['no HTTP', `what answers speaks no HTTP (${code})`];
  if (/CERT|TLS|SSL|_ISSUER|EPROTO/.test(code)) return ['TLS', `TLS: ${message}`];
  return ['other', message];
}
