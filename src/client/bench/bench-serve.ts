// A load on POST /predict for a given time, with /health looked at alongside: what was answered, how fast, how evenly.
import type { Progress } from '../../core/index.ts';
import { createHttpClient, type HttpClient, type HttpRequest } from '../http-client.ts';
import { encodeForm } from '../multipart.ts';
import type { PictureSet } from '../pictures.ts';
import type { ServiceUrl } from '../service-url.ts';
import { type ConsistencySummary, createConsistencyCheck } from './consistency.ts';
import { createLatencies } from './latencies.ts';
import { closedLoop, type LoadOptions, openLoop } from './load.ts';
import { createTally, type Tally, type TallySummary } from './tally.ts';

export interface BenchOptions {
  readonly url: ServiceUrl;
  readonly set: PictureSet;
  readonly apiKey?: string | undefined;
  /** For each request. */
  readonly timeoutMs: number;
  /** Closed loop: clients. Open loop: connections at most. */
  readonly concurrency: number;
  /** Requests per second of an open loop; undefined: a closed loop. */
  readonly ratePerSecond?: number | undefined;
  readonly seconds: number;
  /** Before that, not counted. */
  readonly warmupSeconds: number;
  /** The same photo must get the same answer. */
  readonly expectConsistent: boolean;
  readonly progress: Progress;
  /** Ends the load early; what was counted until then is the report. */
  readonly signal: AbortSignal;
}

export interface BenchReport extends TallySummary {
  readonly url: string;
  readonly loop: 'closed' | 'open';
  readonly concurrency: number;
  readonly ratePerSecond: number | null;
  readonly pictures: number;
  readonly warmupSeconds: number;
  /** Of the measurement, to the last answer. */
  readonly seconds: number;
  readonly stoppedEarly: boolean;
  /** Answered with 200. */
  readonly answered: number;
  readonly answeredPerSecond: number;
  readonly health: TallySummary;
  /** null: not looked at. */
  readonly consistency: ConsistencySummary | null;
  /** This side: CPU seconds per second, and how long after it was due the latest 1 % of requests went out. */
  readonly client: { readonly cpuShare: number; readonly lateMsP99: number };
}

const healthPerSecond = 10;
/** Requests of an open loop that may be under way; one more is counted as not sent. Bounds the memory. */
const maxUnderWay = 4096;
/** A client that got no answer waits so long, or a dead service would be knocked at without a pause. */
const pauseMs = 10;

/** Rejects for nothing that the service does. */
export async function benchServe(options: BenchOptions): Promise<BenchReport> {
  const { url, apiKey, timeoutMs, concurrency, ratePerSecond, signal } = options;
  const shared = { url, apiKey, timeoutMs, signal, keepAlive: true };
  const client = createHttpClient({ ...shared, maxConnections: concurrency });
  // On connections of its own: it shall not wait behind the load on this side.
  const probe = createHttpClient({ ...shared, maxConnections: 16 });
  const task = options.progress.start('load', options.warmupSeconds + options.seconds, 's');
  const started = performance.now();
  const startMs = started + 1000 * options.warmupSeconds;
  const untilMs = startMs + 1000 * options.seconds;
  const ticks = setInterval(() => task.update(Math.floor((performance.now() - started) / 1000)), 500);
  const cpu = { atStart: process.cpuUsage(), used: 0 };
  const atStart = setTimeout(() => (cpu.atStart = process.cpuUsage()), startMs - started);
  try {
    const tallies = { predict: createTally(), health: createTally() };
    const consistency = options.expectConsistent ? createConsistencyCheck() : null;
    const late = createLatencies();
    const bodies = options.set.pictures.map((picture) => ({ name: picture.name, ...encodeForm([picture]) }));
    const predict = sender({ client, tally: tallies.predict, startMs, signal }, (index) => {
      const { name, body, headers } = bodies[index % bodies.length] ?? { name: '', body: Buffer.alloc(0), headers: {} };
      return {
        request: { method: 'POST', path: '/predict', body, headers },
        onAnswer: (status, answer) => status === 200 && consistency?.see(name, answer),
      };
    });
    const health = sender({ client: probe, tally: tallies.health, startMs, signal }, () => ({
      request: { method: 'GET', path: '/health' },
    }));
    const load: LoadOptions = {
      send: (index, dueMs) => {
        if (dueMs >= startMs) late.record(performance.now() - dueMs);
        return predict(index, dueMs);
      },
      untilMs,
      signal,
    };
    await Promise.all([
      ratePerSecond === undefined ? closedLoop(load, concurrency) : openLoop(load, ratePerSecond),
      openLoop({ send: health, untilMs, signal }, healthPerSecond),
    ]);
    const seconds = Math.max(0, performance.now() - startMs) / 1000;
    const { user, system } = process.cpuUsage(cpu.atStart);
    const summary = tallies.predict.summary();
    const answered = summary.statuses.find(({ status }) => status === 200)?.count ?? 0;
    return {
      url: url.base,
      loop: ratePerSecond === undefined ? 'closed' : 'open',
      concurrency,
      ratePerSecond: ratePerSecond ?? null,
      pictures: bodies.length,
      warmupSeconds: options.warmupSeconds,
      seconds,
      stoppedEarly: signal.aborted,
      answered,
      answeredPerSecond: seconds === 0 ? 0 : answered / seconds,
      ...summary,
      health: tallies.health.summary(),
      consistency: consistency?.summary() ?? null,
      client: { cpuShare: seconds === 0 ? 0 : (user + system) / 1e6 / seconds, lateMsP99: late.summary()?.p99 ?? 0 },
    };
  } finally {
    clearInterval(ticks);
    clearTimeout(atStart);
    task.finish();
    client.close();
    probe.close();
  }
}

interface Target {
  readonly client: HttpClient;
  readonly tally: Tally;
  /** What was due before is not counted. */
  readonly startMs: number;
  readonly signal: AbortSignal;
}

interface Shot {
  readonly request: HttpRequest;
  readonly onAnswer?: (status: number, body: Buffer) => void;
}

/** Sends one request and counts what comes of it; what the end of the run cuts off is not counted. */
function sender({ client, tally, startMs, signal }: Target, make: (index: number) => Shot): LoadOptions['send'] {
  let underWay = 0;
  return async (index, dueMs) => {
    const counted = dueMs >= startMs;
    if (underWay >= maxUnderWay) {
      if (counted) tally.addUnsent();
      return;
    }
    const { request, onAnswer } = make(index);
    underWay++;
    try {
      const outcome = await client.request(request);
      if (counted) tally.add(outcome, performance.now() - dueMs, request.body?.length ?? 0);
      if (outcome.ok) onAnswer?.(outcome.status, outcome.body);
      else await new Promise((resolve) => setTimeout(resolve, pauseMs));
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      underWay--;
    }
  };
}
