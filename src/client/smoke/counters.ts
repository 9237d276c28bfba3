// The service's own counts, from GET /metrics and GET /stats, at one moment.
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer, HttpRequest } from '../http-client.ts';
import { parsePrometheusText, type Sample } from '../prometheus-text.ts';
import { statsSchema, type StatsAnswer } from '../wire.ts';
import { CheckFailure, failed } from './check-failure.ts';
import { expectJson, expectStatus, expectType } from './expect.ts';

/** Asks the service; throws a CheckFailure when it does not answer. */
type Ask = (request: HttpRequest) => Promise<HttpAnswer>;

/** Each is what was read, or why it could not be. */
export interface CounterReading {
  readonly metrics: readonly Sample[] | CheckFailure;
  readonly stats: StatsAnswer | CheckFailure;
}

export async function readCounters(ask: Ask): Promise<CounterReading> {
  return { metrics: await orFailure(readMetrics(ask)), stats: await orFailure(readStats(ask)) };
}

export async function readMetrics(ask: Ask): Promise<readonly Sample[]> {
  const answer = await ask({ method: 'GET', path: '/metrics' });
  expectStatus(answer, [200]);
  expectType(answer, 'text/plain');
  const samples = parsePrometheusText(answer.body.toString('utf8'));
  if (samples === null) throw failed("text that is not in Prometheus' format");
  return samples;
}

export async function readStats(ask: Ask): Promise<StatsAnswer> {
  const answer = await ask({ method: 'GET', path: '/stats' });
  expectStatus(answer, [200]);
  return expectJson(answer, statsSchema);
}

function orFailure<T>(reading: Promise<T>): Promise<T | CheckFailure> {
  return reading.catch((error: unknown) => {
    if (error instanceof CheckFailure) return error;
    throw error;
  });
}

/** A counter, by how much it moved, and by how much it should have. */
export interface Movement {
  readonly what: string;
  readonly moved: number;
  readonly sent: number;
}

/** A request is counted after its answer has gone out: counters get so long to catch up. */
const settleMs = 2000;
const lookEveryMs = 50;

/**
 * Reads until every counter has moved by what was sent, and then returns the movements; throws a CheckFailure that names
 * a counter that never did, or, unless the service is shared, one that moved by more.
 */
export async function movementsOf(
  look: () => Promise<readonly Movement[]>,
  shared: boolean,
): Promise<readonly Movement[]> {
  const until = performance.now() + settleMs;
  for (;;) {
    const movements = await look();
    const behind = movements.find(({ moved, sent }) => moved < sent);
    const ahead = shared ? undefined : movements.find(({ moved, sent }) => moved > sent);
    if (ahead !== undefined) throw failed(`${movementWords(ahead)}; nobody else should use the service`);
    if (behind === undefined) return movements;
    if (behind.moved < 0) throw failed(`${behind.what} went down: ${anotherProcess}`);
    if (performance.now() > until) throw failed(movementWords(behind));
    await sleep(lookEveryMs);
  }
}

export const anotherProcess =
  'it was restarted, or several processes share this address and count each for itself (then --no-counters)';

function movementWords({ what, moved, sent }: Movement): string {
  return `${what} moved by ${moved}, but ${sent} were sent`;
}
