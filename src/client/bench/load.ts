// The two ways to load a service. Closed: so many clients, each of which sends its next request when its last one is
// answered; a slow service then gets fewer requests, and its stalls are seen by few. Open: requests at a rate, sent
// whether the service keeps up or not, and each counted from the moment when it was due: a stall is seen by all those
// that fell into it (no coordinated omission).
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';

export interface LoadOptions {
  /** Sends request number `index`; `dueMs` (of performance.now) is what its latency counts from. Never rejects. */
  readonly send: (index: number, dueMs: number) => Promise<void>;
  /** Nothing is sent from then on, of performance.now. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** Resolves when the last request is answered. */
export async function closedLoop({ send, untilMs, signal }: LoadOptions, clients: number): Promise<void> {
  const client = async (first: number): Promise<void> => {
    for (let index = first; performance.now() < untilMs && !signal.aborted; index += clients)
      await send(index, performance.now());
  };
  await Promise.all(Array.from({ length: clients }, (_, first) => client(first)));
}

/** Catching up after a stall of its own, the sender lets answers in after so many requests. */
const burst = 64;

/** Resolves when the last request is answered. */
export async function openLoop({ send, untilMs, signal }: LoadOptions, ratePerSecond: number): Promise<void> {
  const started = performance.now();
  const underWay = new Set<Promise<void>>();
  for (let index = 0; !signal.aborted; index++) {
    const dueMs = started + (1000 * index) / ratePerSecond;
    if (dueMs >= untilMs) break;
    await untilDue(dueMs, signal);
    if (index % burst === burst - 1) await breathe();
    const sent = send(index, dueMs).finally(() => underWay.delete(sent));
    underWay.add(sent);
  }
  await Promise.all(underWay);
}

/** Timers may fire up to a millisecond early. */
async function untilDue(dueMs: number, signal: AbortSignal): Promise<void> {
  const earlyMs = dueMs - performance.now();
  if (earlyMs <= 0 || signal.aborted) return;
  await sleep(earlyMs, undefined, { signal }).catch(() => undefined);
  return untilDue(dueMs, signal);
}
