// Load on a running service that misses nothing: clients on kept-alive connections send pictures, count each answer by its
// status, and hold every 200 against what the model version that it names says of that picture offline, bit for bit.
import { randomUUID } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { drawSample } from '../../src/image/index.ts';
import { Predictor } from '../../src/inference/index.ts';

export interface LoadPicture {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Probabilities by model version, then by picture. */
export type OfflineAnswers = ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, number>>>>;

/** `count` drawn pictures, always the same ones. */
export function drawnPictures(count: number): LoadPicture[] {
  return Array.from({ length: count }, (_, index) => {
    const label = index % 2 === 1 ? 'dog' : 'cat';
    return { name: `${label} ${index}`, bytes: Buffer.from(drawSample({ label, seed: 7, index })) };
  });
}

/** What each model file says of each picture when it is asked without a service. */
export async function offlineAnswers(
  models: readonly string[],
  pictures: readonly LoadPicture[],
): Promise<OfflineAnswers> {
  const byVersion = new Map<string, Map<string, Readonly<Record<string, number>>>>();
  for (const path of models) {
    const predictor = await Predictor.load(path, { threads: 1 });
    const answers = new Map<string, Readonly<Record<string, number>>>();
    for (const { name, bytes } of pictures) answers.set(name, (await predictor.predictBytes(bytes)).probabilities);
    byVersion.set(predictor.sha256.slice(0, 12), answers);
    await predictor.close();
  }
  return byVersion;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly milliseconds: number;
}

export interface Call {
  readonly agent: Agent;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** One request, one whole answer. Rejects when the connection ends before that. */
export function call(url: string, { agent, method = 'GET', headers = {}, body }: Call): Promise<HttpAnswer> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('error', reject)
        .on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
            milliseconds: performance.now() - started,
          }),
        );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export interface LoadTarget {
  readonly url: string;
  readonly pictures: readonly LoadPicture[];
  readonly answers: OfflineAnswers;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LoadReport {
  readonly sent: number;
  readonly byStatus: Readonly<Record<number, number>>;
  /** 200s by the model version that they name. */
  readonly byVersion: Readonly<Record<string, number>>;
  /** Answers that are not what that model says of that picture, or not to that request. */
  readonly wrong: readonly string[];
  /** Requests whose connection ended without an answer. */
  readonly lost: readonly string[];
  /** 429s and 503s that do not say when to try again. */
  readonly withoutRetryAfter: number;
}

export interface Load {
  /** Sends one picture; never rejects. */
  send(): Promise<void>;
  report(): LoadReport;
  /** Closes idle connections. */
  end(): void;
}

/** What a load is made of: sends the pictures in turn when it is told to, and keeps the books. */
export function createLoad({ url, pictures, answers, headers = {} }: LoadTarget): Load {
  const agent = new Agent({ keepAlive: true });
  const [byStatus, byVersion]: Record<string, number>[] = [{}, {}];
  const [wrong, lost]: string[][] = [[], []];
  let [sent, withoutRetryAfter] = [0, 0];
  const check = ({ status, text, headers: received }: HttpAnswer, picture: LoadPicture, id: string): void => {
    count(byStatus ?? {}, String(status));
    if ((status === 429 || status === 503) && received['retry-after'] === undefined) withoutRetryAfter++;
    const answer = JSON.parse(text) as { requestId: string; probabilities?: object; model?: { version: string } };
    if (answer.requestId !== id) wrong?.push(`the answer to ${answer.requestId} came to ${id}`);
    if (status !== 200) return;
    const version = answer.model?.version ?? 'none';
    count(byVersion ?? {}, version);
    const expected = answers.get(version)?.get(picture.name);
    if (expected === undefined || JSON.stringify(expected) !== JSON.stringify(answer.probabilities))
      wrong?.push(`${picture.name} by ${version}: ${JSON.stringify(answer.probabilities)}`);
  };
  return {
    send: async () => {
      const picture = pictures[sent++ % pictures.length];
      if (picture === undefined) throw new Error('a load needs pictures');
      const id = randomUUID();
      const sending = { 'content-type': 'image/jpeg', 'x-request-id': id, ...headers };
      try {
        check(
          await call(`${url}/predict`, { agent, method: 'POST', headers: sending, body: picture.bytes }),
          picture,
          id,
        );
      } catch (error) {
        lost?.push(String(error));
      }
    },
    report: () => ({
      sent,
      byStatus: byStatus ?? {},
      byVersion: byVersion ?? {},
      wrong: wrong ?? [],
      lost: lost ?? [],
      withoutRetryAfter,
    }),
    end: () => agent.destroy(),
  };
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

export interface ClosedLoop {
  report(): LoadReport;
  /** No new requests; resolves when the last is answered. */
  stop(): Promise<LoadReport>;
}

/** `clients` who each send the next picture when the last is answered, until the first request is lost. */
export function closedLoop(target: LoadTarget, clients: number): ClosedLoop {
  const load = createLoad(target);
  let stopped = false;
  const client = async (): Promise<void> => {
    while (!stopped && load.report().lost.length === 0) await load.send();
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    report: () => load.report(),
    stop: async () => {
      stopped = true;
      await all;
      load.end();
      return load.report();
    },
  };
}

/** Sends `perSecond` pictures a second for `seconds`, whatever becomes of them, and waits for all answers. */
export async function openLoop(
  target: LoadTarget,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<LoadReport> {
  const load = createLoad(target);
  const started = performance.now();
  const sending: Promise<void>[] = [];
  for (;;) {
    const passed = Math.min(seconds, (performance.now() - started) / 1000);
    while (sending.length < passed * perSecond) sending.push(load.send());
    if (passed >= seconds) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(sending);
  load.end();
  return load.report();
}
