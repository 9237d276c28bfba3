// A small HTTP server on loopback for the tests: serves one file with ranges and an ETag, unless a test's own answers
// stand first in line.
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export type Answer = (request: IncomingMessage, response: ServerResponse, server: FileServer) => void;

export interface FileServer {
  readonly url: string;
  /** Where the client keeps its half, for answers that wait until it is on disk. */
  partPath: string;
  /** What is served; tests change it. */
  file: Buffer;
  etag: string | undefined;
  lastModified: string | undefined;
  supportsRanges: boolean;
  /** Used up from the front, one a request; then the file is served. */
  readonly answers: Answer[];
  /** Range and If-Range of every request, in order. */
  readonly requests: {
    readonly path: string;
    readonly range: string | undefined;
    readonly ifRange: string | undefined;
  }[];
}

export async function startFileServer(t: TestContext, file: Buffer, name = 'photos.zip'): Promise<FileServer> {
  const http = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    server.requests.push({
      path: request.url ?? '',
      range,
      ifRange: typeof ifRange === 'string' ? ifRange : undefined,
    });
    const answer = server.answers.shift() ?? serveFile;
    answer(request, response, server);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  const server: FileServer = {
    partPath: '',
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/${name}`,
    file,
    etag: '"one"',
    lastModified: undefined,
    supportsRanges: true,
    answers: [],
    requests: [],
  };
  return server;
}

function validators(server: FileServer): Record<string, string> {
  return {
    ...(server.etag === undefined ? {} : { etag: server.etag }),
    ...(server.lastModified === undefined ? {} : { 'last-modified': server.lastModified }),
  };
}

/** As a good server does: 206 for a range of the file that If-Range means, 416 past its end, 200 otherwise. */
export const serveFile: Answer = (request, response, server) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? NaN);
  const ifRange = request.headers['if-range'];
  const stillSame = ifRange === undefined || ifRange === server.etag || ifRange === server.lastModified;
  const total = server.file.length;
  if (!server.supportsRanges || Number.isNaN(start) || !stillSame) {
    response.writeHead(200, { 'content-length': total, ...validators(server) }).end(server.file);
  } else if (start >= total) {
    response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
  } else {
    response.writeHead(206, {
      'content-length': total - start,
      'content-range': `bytes ${start}-${total - 1}/${total}`,
      ...validators(server),
    });
    response.end(server.file.subarray(start));
  }
};

/** Promises the whole file, sends `bytes` of it and, once they have reached the disk, hangs up. */
export function hangUpAfter(bytes: number): Answer {
  return (request, response, server) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start === 0 ? 200 : 206, {
      'content-length': server.file.length - start,
      'content-range': `bytes ${start}-${server.file.length - 1}/${server.file.length}`,
      ...validators(server),
    });
    response.write(server.file.subarray(start, start + bytes));
    const poll = setInterval(() => {
      if ((statSync(server.partPath, { throwIfNoEntry: false })?.size ?? 0) < start + bytes) return;
      clearInterval(poll);
      response.destroy();
    }, 1);
  };
}

export function answerStatus(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, headers).end(`status ${status}`);
  };
}
