// pawprint serve at several times what it can answer: how long /health, /live and /metrics take meanwhile, asked by a thread
// that does nothing else, and what becomes of the requests; every 200 is held against the offline answer. Usage:
// node bench/serve-overload.ts [--times 3] [--seconds 30] [--rounds 3]. Load and service share the machine's cores.
import { once } from 'node:events';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { call, closedLoop, drawnPictures, offlineAnswers, openLoop } from '../tests/support/load.ts';
import { boxModel, startService } from '../tests/support/running-service.ts';

/** A closed loop of so many clients keeps every thread busy, and no more. */
const clients = 16;
const warmUpSeconds = 3;
const lookEveryMs = 20;
const paths = ['/health', '/live', '/metrics'];

/** Asks each path again and again until it is told to stop; answers with the milliseconds of each answer, by path. */
async function watch(url: string): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const state = { stopped: false };
  parentPort?.once('message', () => (state.stopped = true));
  const taken = await Promise.all(
    paths.map(async (path) => {
      const milliseconds: number[] = [];
      while (!state.stopped) {
        const answer = await call(url + path, { agent });
        if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
        milliseconds.push(answer.milliseconds);
        await delay(lookEveryMs);
      }
      return milliseconds.sort((a, b) => a - b);
    }),
  );
  agent.destroy();
  parentPort?.postMessage(taken);
}

async function overload(): Promise<void> {
  const { values } = parseArgs({
    options: {
      times: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '30' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const [times, seconds, rounds] = [Number(values.times), Number(values.seconds), Number(values.rounds)];
  const model = boxModel('transfer');
  const pictures = drawnPictures(32);
  const answers = await offlineAnswers([model], pictures);
  for (let round = 1; round <= rounds; round++) {
    const service = await startService([], { cwd: tmpdir(), model });
    const target = { url: service.url, pictures, answers };
    const warmUp = closedLoop(target, clients);
    await delay(1000 * warmUpSeconds);
    const capacity = (await warmUp.stop()).sent / warmUpSeconds;
    const watcher = new Worker(new URL(import.meta.url), { workerData: service.url });
    const { byStatus, lost, wrong, sent } = await openLoop(target, { perSecond: times * capacity, seconds });
    watcher.postMessage('stop');
    const [taken] = (await once(watcher, 'message')) as [number[][]];
    const statuses = Object.entries(byStatus).map(([status, count]) => `${count} × ${status}`);
    console.log(
      `round ${round}: can ${capacity.toFixed(0)}/s, sent ${(sent / seconds).toFixed(0)}/s; ${statuses.join(', ')}; ` +
        `${lost.length} without an answer, ${wrong.length} wrong`,
    );
    for (const [i, path] of paths.entries()) console.log(`  ${path}: ${describe(taken[i] ?? [])}`);
    await service.stop();
  }
}

function describe(sorted: readonly number[]): string {
  const at = (share: number): string => (sorted[Math.floor(share * sorted.length)] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${(sorted.at(-1) ?? 0).toFixed(1)} ms of ${sorted.length}`;
}

if (isMainThread) await overload();
else await watch(workerData as string);
