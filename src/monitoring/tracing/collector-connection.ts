// The connection to the trace collector: the exporter's agent and headers, with a knife. A collector that hangs would
// otherwise hold the process for as long as a request may take.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

export interface CollectorConnection {
  /** `protocol`: http: or https:. */
  readonly agent: (protocol: string) => HttpAgent;
  /** Of one try to export; rejects once the connection is cut, which ends all retries. */
  readonly headers: () => Promise<Record<string, string>>;
  /** Ends what is under way, and lets nothing begin. */
  readonly cut: () => void;
}

/**
 * `timeoutMs`: how long a socket may do nothing, connecting included. Sockets are not limited here: a request that waits
 * for one would get it after the cut. The exporter bounds its requests.
 */
export function collectorConnection(headers: Readonly<Record<string, string>>, timeoutMs: number): CollectorConnection {
  const closed = new Error('tracing is closed');
  let agent: HttpAgent | undefined;
  let isCut = false;
  return {
    agent: (protocol) => {
      const options = { keepAlive: true, timeout: timeoutMs };
      return (agent ??= protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options));
    },
    headers: () => (isCut ? Promise.reject(closed) : Promise.resolve({ ...headers })),
    cut: () => {
      isCut = true;
      // With an error of no code the exporter sees no reason to try again; agent.destroy() alone gives it one.
      for (const sockets of Object.values(agent?.sockets ?? {}))
        for (const socket of sockets ?? []) socket.destroy(closed);
      agent?.destroy();
    },
  };
}
