// pawprint bench-serve: how a running service does under load.
import { resolve } from 'node:path';
import { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import { defineCommand } from '../command.ts';
import { apiKeyFlag, findApiKey, photosFlag, timeoutFlag, urlFlag } from '../service-options.ts';

const picturesPerClass = 64;
const [closedConcurrency, openConcurrency] = [8, 256];

const optionsSchema = z.strictObject({
  url: urlFlag,
  photos: photosFlag,
  apiKey: apiKeyFlag,
  concurrency: z.coerce
    .number()
    .int()
    .min(1)
    .max(4096)
    .optional()
    .describe(
      `clients that send one request after the other (${closedConcurrency} unless told); with --rate: connections at ` +
        `most (${openConcurrency} unless told)`,
    ),
  rate: z.coerce
    .number()
    .positive()
    .max(10_000)
    .optional()
    .describe('requests per second, sent on time whether the service keeps up or not'),
  seconds: z.coerce.number().positive().max(86_400).default(10).describe('seconds that are measured'),
  warmup: z.coerce.number().min(0).max(3600).default(2).describe('seconds of load before, not counted'),
  timeoutMs: timeoutFlag.default(10_000).describe('milliseconds that each request may take'),
  expectConsistent: z
    .boolean()
    .default(true)
    .describe('compare answers to the same photo, with exit code 1 when two differ'),
  allowRemote: z.boolean().default(false).describe('load a service on another machine: only one that is yours'),
});

export default defineCommand({
  name: 'bench-serve',
  summary: 'load a running service, and say how fast and how evenly it answers',
  description:
    'Closed loop unless --rate is given: --concurrency clients, each sending its next request when its last is answered. ' +
    'With --rate an open loop: requests go out at that rate, and each latency counts from the moment when the request ' +
    'was due, not when a free connection was found for it; a stall of the service is then seen in full, and not hidden by a ' +
    'client that politely waits (coordinated omission). /health is asked ten times a second on connections of its own. ' +
    'Latencies are of answers, by status; requests without an answer are counted by kind. Ctrl-C prints what there is. ' +
    'Exit code 1 when nothing was answered with 200, or answers to the same photo differ. Of --photos, the first ' +
    `${picturesPerClass} of each class are used.`,
  examples: [
    'pawprint bench-serve --concurrency 16 --seconds 30',
    'pawprint bench-serve --rate 100 --photos my-photos --json',
    'pawprint bench-serve --url https://pets.example --allow-remote --rate 20',
  ],
  options: optionsSchema,
  run: async ({ options, context }) => {
    const { benchServe, describeBench, parseServiceUrl, readPictures } = await import('../../client/index.ts');
    const { cwd, json, progress, signal } = context;
    const url = parseServiceUrl(options.url);
    if (!url.isLoopback && !options.allowRemote) throw notLoopback(url.base);
    const { rate, timeoutMs, seconds, expectConsistent } = options;
    const report = await benchServe({
      url,
      set: await readPictures(
        options.photos === undefined ? undefined : resolve(cwd, options.photos),
        picturesPerClass,
      ),
      apiKey: findApiKey(options.apiKey, context),
      timeoutMs,
      concurrency: options.concurrency ?? (rate === undefined ? closedConcurrency : openConcurrency),
      ratePerSecond: rate,
      seconds,
      warmupSeconds: options.warmup,
      expectConsistent,
      progress,
      signal,
    });
    const { disagreements, malformed } = report.consistency ?? { disagreements: 0, malformed: 0 };
    const good = report.answered > 0 && disagreements + malformed === 0;
    const text = json ? `${JSON.stringify(report, null, 2)}\n` : describeBench(report);
    return { stream: printAndStop(text, signal), exitCode: () => (good ? 0 : 1) };
  },
});

/** A run that was stopped prints what it has, and still ends as one that was stopped. */
// eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous, whether it waits or not
async function* printAndStop(text: string, signal: AbortSignal): AsyncGenerator<string> {
  yield text;
  signal.throwIfAborted();
}

function notLoopback(url: string): PawprintError {
  return new PawprintError('USAGE', {
    message: `${url} is not on this machine`,
    expected: 'a service on 127.0.0.1, ::1 or localhost',
    received: url,
    hint: 'A load on a machine of others is an attack. If it is yours: --allow-remote.',
  });
}
