// HTTP by hand: bytes to a socket, and what comes back, so that a test can send what no client library would and can count
// the answers.
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Exchange {
  readonly answers: readonly RawAnswer[];
  /** Bytes that belong to no whole answer. */
  readonly rest: Buffer;
}

export interface ExchangeOptions {
  /** What is sent, piece by piece; each in a write of its own. */
  readonly pieces: readonly Buffer[];
  /** Says that nothing more will come, as a client does that breaks off; else the server closes. */
  readonly halfClose?: boolean;
  readonly timeoutMs?: number;
}

/** Sends, and reads until the server closes the connection. Throws when it does not within `timeoutMs`. */
export async function exchange(url: string, options: ExchangeOptions): Promise<Exchange> {
  const { pieces, halfClose = false, timeoutMs = 30_000 } = options;
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const read: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => read.push(bytes));
  // A server may close while a client still sends: what it said before counts.
  socket.on('error', () => undefined);
  socket.setNoDelay(true);
  for (const piece of pieces) socket.write(piece);
  if (halfClose) socket.end();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection stayed open for ${timeoutMs} ms after ${Buffer.concat(read).length} bytes`));
    }, timeoutMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    socket.once('end', () => {
      socket.end();
      done();
    });
    socket.once('close', done);
  });
  return parseAnswers(Buffer.concat(read));
}

/** Answers one behind the other; all of this service have a Content-Length, or are chunked. */
export function parseAnswers(bytes: Buffer): Exchange {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) return { answers, rest };
    const [statusLine = '', ...lines] = rest.toString('latin1', 0, headEnd).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
    if (!Number.isInteger(status)) return { answers, rest };
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const from = headEnd + 4;
    const length = Number(headers['content-length'] ?? 0);
    if (from + length > rest.length) return { answers, rest };
    const body = rest.subarray(from, from + length);
    // 100 Continue is no answer yet.
    if (status >= 200) answers.push({ status, headers, body });
    rest = rest.subarray(from + length);
  }
}

export interface RequestParts {
  readonly method?: string;
  readonly target: string;
  /** As they go over the wire; `undefined` leaves one of the usual ones out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Buffer;
}

/** A whole request, after whose answer the server is to close the connection. */
export function requestBytes({ method = 'POST', target, headers = {}, body }: RequestParts): Buffer {
  const all: Record<string, string | undefined> = {
    host: 'localhost',
    connection: 'close',
    ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\r\n`]));
  // Not toString: tests put bytes above 127 into names on purpose.
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  return Buffer.concat([head, body ?? Buffer.alloc(0)]);
}
