// One visit of the smoke test to a service: requests through one client, what came back, and a count of all that was
// sent, which the service's own counters are held against.
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http-client.ts';
import { encodeForm, type FormFile } from '../multipart.ts';
import type { Picture, PictureSet } from '../pictures.ts';
import type { PredictionAnswer } from '../wire.ts';
import { textField } from './answer-words.ts';
import { CheckFailure } from './check-failure.ts';
import { type CounterReading, readCounters } from './counters.ts';

export interface SmokeSettings {
  /** Others use the service meanwhile: counters must have moved by at least what was sent; else by exactly that. */
  readonly shared: boolean;
  /** The service's counters are held against what was sent; wrong where several processes stand behind one address. */
  readonly counters: boolean;
}

/** What this visit sent to POST /predict, by what came back. */
export interface Ledger {
  answered: number;
  /** Of those answered, by label. */
  readonly byLabel: Map<string, number>;
  /** Status from 400 on. */
  refused: number;
}

export interface SmokeVisit {
  readonly set: PictureSet;
  readonly settings: SmokeSettings;
  readonly ledger: Ledger;
  /** Well-formed answers to the pictures, in order; filled by the check `predict`. */
  readonly answers: { readonly picture: Picture; readonly answer: PredictionAnswer }[];
  /** The service's counters before the first prediction. */
  readonly before: () => Promise<CounterReading>;
  /** Any answer; throws a CheckFailure when there is none. */
  readonly request: (request: HttpRequest) => Promise<HttpAnswer>;
  /** POST /predict, counted. A service that says it is busy (429 or 503 with Retry-After) is asked again, for a while. */
  readonly predict: (request: Omit<HttpRequest, 'method' | 'path'>) => Promise<HttpAnswer>;
  readonly predictForm: (files: readonly FormFile[], headers?: Readonly<Record<string, string>>) => Promise<HttpAnswer>;
}

/** So long, in all, a visit waits for a busy service. */
const patienceSeconds = 6;

export interface VisitOptions {
  readonly client: HttpClient;
  readonly set: PictureSet;
  readonly settings: SmokeSettings;
  readonly signal: AbortSignal;
}

export function createVisit({ client, set, settings, signal }: VisitOptions): SmokeVisit {
  const ledger: Ledger = { answered: 0, byLabel: new Map(), refused: 0 };
  const request = async (asked: HttpRequest): Promise<HttpAnswer> => {
    const outcome = await client.request(asked);
    if (!outcome.ok) throw new CheckFailure(`${asked.method} ${asked.path}: ${outcome.words}`, outcome.words);
    return outcome;
  };
  let reading: Promise<CounterReading> | undefined;
  const before = (): Promise<CounterReading> => (reading ??= readCounters(request));
  let patience = patienceSeconds;
  const predict: SmokeVisit['predict'] = async (asked) => {
    await before();
    for (;;) {
      const answer = await request({ ...asked, method: 'POST', path: '/predict' });
      enter(ledger, answer);
      const waitSeconds = Math.max(0.1, Number(answer.headers['retry-after'] ?? Infinity));
      const busy = answer.status === 429 || answer.status === 503;
      if (!busy || !(waitSeconds <= patience)) return answer;
      patience -= waitSeconds;
      await sleep(1000 * waitSeconds, undefined, { signal });
    }
  };
  const predictForm: SmokeVisit['predictForm'] = (files, headers = {}) => {
    const form = encodeForm(files);
    return predict({ body: form.body, headers: { ...form.headers, ...headers } });
  };
  return { set, settings, ledger, answers: [], before, request, predict, predictForm };
}

function enter(ledger: Ledger, { status, body }: HttpAnswer): void {
  if (status >= 400) ledger.refused++;
  if (status !== 200) return;
  ledger.answered++;
  const label = textField(body, 'label');
  if (label !== undefined) ledger.byLabel.set(label, (ledger.byLabel.get(label) ?? 0) + 1);
}
