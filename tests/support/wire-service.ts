// A small HTTP server that speaks as pawprint serve does about the pictures in the box, and can be made to break any one
// promise: what the clients of a service are tested against. Its answers are looked up, no model is behind them.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { repositoryRoot } from './run-pawprint.ts';

export interface Reply {
  status: number;
  type: string;
  headers: Record<string, string>;
  /** Sent as JSON unless it is text. */
  body: unknown;
}

/** How a service differs from an honest one. */
export interface Fault {
  /** What it takes the n-th picture (from 0) for, instead of `label`; counted as such. */
  readonly label?: (label: string, n: number) => string;
  /** Changes the reply to `METHOD /path`; `hang`: none is sent; `drip`: it begins and never ends. */
  readonly tamper?: (asked: string, reply: Reply, request: IncomingMessage) => Reply | 'hang' | 'drip' | undefined;
  /** By how much a counted event moves a counter; 1 unless told. */
  readonly step?: number;
  /** What is no picture is answered as one. */
  readonly takesAnything?: boolean;
  /** Predictions wait so long from the first one on, and are then answered at once. */
  readonly stallMs?: number;
  readonly apiKey?: string;
  readonly classNames?: readonly [string, string];
}

export interface WireService {
  readonly url: string;
  readonly predictions: () => number;
  readonly close: () => Promise<void>;
}

const boxPictures = join(repositoryRoot, 'assets/pictures');
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const sha256 = 'ab'.repeat(32);
const maxBodyBytes = 20 << 20;

/** Which class (0: cats, 1: dogs) each picture in the box is of. */
function boxLabels(): Map<string, number> {
  const labels = new Map<string, number>();
  for (const [label, folder] of ['cats', 'dogs'].entries())
    for (const file of readdirSync(join(boxPictures, folder)))
      labels.set(digest(readFileSync(join(boxPictures, folder, file))), label);
  return labels;
}

function problem(status: number, code: string): Reply {
  const body = { type: 'about:blank', title: 'Refused', status, code };
  return { status, type: 'application/problem+json', headers: {}, body };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The files of a form, or the body as the only one. */
function filesOf(body: Buffer, contentType: string): Buffer[] {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(contentType)?.[1];
  if (boundary === undefined) return [body];
  return body
    .toString('latin1')
    .split(`--${boundary}`)
    .slice(1, -1)
    .filter((part) => part.includes('name="file"'))
    .map((part) => Buffer.from(part.slice(part.indexOf('\r\n\r\n') + 4, -2), 'latin1'));
}

export async function startWireService(fault: Fault = {}): Promise<WireService> {
  const { classNames = ['cats', 'dogs'], step = 1 } = fault;
  const labels = boxLabels();
  const startedAt = new Date().toISOString();
  const requests = new Map<number, number>();
  const byClass: Record<string, number> = Object.fromEntries(classNames.map((name) => [name, 0]));
  let [seen, predictions] = [0, 0];
  let stall: Promise<void> | undefined;
  const model = { name: 'wire', version: sha256.slice(0, 12) };

  const predict = async (request: IncomingMessage, requestId: string): Promise<Reply> => {
    if (Number(request.headers['content-length']) > maxBodyBytes) return problem(413, 'REQUEST_TOO_LARGE');
    const files = filesOf(await readBody(request), request.headers['content-type'] ?? '');
    if (files.length !== 1) return problem(413, 'REQUEST_TOO_LARGE');
    const known = labels.get(digest(files[0] ?? Buffer.alloc(0))) ?? (fault.takesAnything === true ? 0 : undefined);
    if (known === undefined) return problem(415, 'IMAGE_UNSUPPORTED');
    const honest = classNames[known] ?? '';
    const label = fault.label?.(honest, seen++) ?? honest;
    predictions += step;
    byClass[label] = (byClass[label] ?? 0) + step;
    const probabilities = Object.fromEntries(classNames.map((name) => [name, name === label ? 0.9 : 0.1]));
    const body = { label, confidence: 0.9, answer: label, probabilities, model, requestId };
    return { status: 200, type: 'application/json', headers: {}, body };
  };
  const metrics = (): string =>
    [
      '# HELP pawprint_http_requests_total Requests.',
      'pawprint_http_requests_total{route="/health",method="GET",status="200"} 1',
      ...[...requests].map(
        ([status, count]) => `pawprint_http_requests_total{route="/predict",method="POST",status="${status}"} ${count}`,
      ),
      ...Object.entries(byClass).map(
        ([label, count]) => `pawprint_predictions_total{label="${label}",decision="sure"} ${count}`,
      ),
    ].join('\n');

  const answer = async (asked: string, request: IncomingMessage, requestId: string): Promise<Reply> => {
    const json = (body: unknown): Reply => ({
      status: 200,
      type: 'application/json; charset=utf-8',
      headers: {},
      body,
    });
    if (asked === 'GET /health') return json({ status: 'ok', ready: true, model });
    if (asked === 'GET /live') return json({ status: 'alive' });
    if (asked === 'GET /ready') return json({ status: 'ready' });
    if (fault.apiKey !== undefined && request.headers.authorization !== `Bearer ${fault.apiKey}`)
      return problem(401, 'KEY_MISSING');
    if (asked === 'POST /predict') {
      stall ??= new Promise((resolve) => setTimeout(resolve, fault.stallMs ?? 0));
      await stall;
      return predict(request, requestId);
    }
    if (asked === 'GET /stats') return json({ startedAt, predictions, byClass, model: { name: model.name, sha256 } });
    if (asked === 'GET /metrics') return { ...json(metrics()), type: 'text/plain; version=0.0.4; charset=utf-8' };
    return problem(404, 'ROUTE_UNKNOWN');
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = `${request.method ?? ''} ${request.url ?? ''}`;
    const requestId = String(request.headers['x-request-id'] ?? 'made-here');
    const honest = await answer(asked, request, requestId);
    honest.headers['x-request-id'] = requestId;
    const reply = fault.tamper?.(asked, honest, request) ?? honest;
    if (reply === 'hang') return;
    const { status, type, headers, body } = reply === 'drip' ? honest : reply;
    if (asked === 'POST /predict') requests.set(status, (requests.get(status) ?? 0) + step);
    response.writeHead(status, { ...headers, 'content-type': type });
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    if (reply === 'drip') response.write(text.slice(0, 1));
    else response.end(text);
  };
  const server = createServer((request, response) => {
    // A client that went away is none of the test's business.
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    predictions: () => predictions,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
