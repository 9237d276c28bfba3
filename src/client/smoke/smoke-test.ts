// The smoke test: every check, one after the other, on a service that runs anywhere. Each is reported, whatever those
// before it found; a service that answers nothing fails them all for one reason.
import { createHttpClient } from '../http-client.ts';
import type { PictureSet } from '../pictures.ts';
import type { ServiceUrl } from '../service-url.ts';
import type { Check } from './check.ts';
import { CheckFailure } from './check-failure.ts';
import { probes, visits } from './checks/index.ts';
import { createVisit, type SmokeSettings, type SmokeVisit } from './visit.ts';

export type CheckVerdict = 'passed' | 'failed' | 'not checked';

export interface CheckResult {
  readonly name: string;
  readonly verdict: CheckVerdict;
  readonly milliseconds: number;
  readonly detail: string;
}

export interface SmokeReport {
  readonly url: string;
  /** Nothing failed. */
  readonly passed: boolean;
  /** Why nothing answers at the address; null when something does. */
  readonly unreachable: string | null;
  /** That answered the pictures; null when none was answered. */
  readonly model: { readonly name: string; readonly version?: string | undefined } | null;
  readonly checks: readonly CheckResult[];
}

export interface SmokeTestOptions extends SmokeSettings {
  readonly url: ServiceUrl;
  readonly set: PictureSet;
  readonly apiKey?: string | undefined;
  /** For each request. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Throws nothing but the reason of `signal`. */
export async function smokeTest(options: SmokeTestOptions): Promise<SmokeReport> {
  const { url, set, apiKey, timeoutMs, signal, shared, counters } = options;
  // A fresh connection for each request, as a load balancer's other clients have.
  const client = createHttpClient({ url, apiKey, timeoutMs, signal, maxConnections: 1, keepAlive: false });
  const visit = createVisit({ client, set, settings: { shared, counters }, signal });
  try {
    const probed = await runAll(probes, visit);
    const unreachable = probed.some(({ noAnswer }) => noAnswer === null) ? null : (probed[0]?.noAnswer ?? null);
    const visited =
      unreachable === null ? await runAll(visits, visit) : visits.map(({ name }) => notAsked(name, unreachable));
    const checks = [...probed, ...visited].map(({ noAnswer, ...result }) => result);
    return {
      url: url.base,
      passed: checks.every(({ verdict }) => verdict !== 'failed'),
      unreachable,
      model: visit.answers[0]?.answer.model ?? null,
      checks,
    };
  } finally {
    client.close();
  }
}

/** `noAnswer`: why the service said nothing at all, where it did not. */
type Run = CheckResult & { readonly noAnswer: string | null };

function notAsked(name: string, noAnswer: string): Run {
  return { name, verdict: 'failed', milliseconds: 0, detail: `not asked: ${noAnswer}`, noAnswer };
}

async function runAll(checks: readonly Check[], visit: SmokeVisit): Promise<Run[]> {
  const runs: Run[] = [];
  for (const check of checks) runs.push(await runOne(check, visit));
  return runs;
}

async function runOne({ name, run }: Check, visit: SmokeVisit): Promise<Run> {
  const started = performance.now();
  const ended = (verdict: CheckVerdict, detail: string, noAnswer: string | null = null): Run => ({
    name,
    verdict,
    milliseconds: Math.round(10 * (performance.now() - started)) / 10,
    detail,
    noAnswer,
  });
  try {
    const seen = await run(visit);
    return typeof seen === 'string' ? ended('passed', seen) : ended('not checked', seen.notChecked);
  } catch (error) {
    if (error instanceof CheckFailure) return ended('failed', error.message, error.noAnswer);
    throw error;
  }
}
