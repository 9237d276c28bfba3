// pawprint smoke-test: does a running service do what it should?
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { apiKeyFlag, findApiKey, photosFlag, timeoutFlag, urlFlag } from '../service-options.ts';

/** Of each class; more would say no more. */
const picturesPerClass = 4;

export default defineCommand({
  name: 'smoke-test',
  summary: 'ask a running service everything once, and hold its answers against what they should be',
  description:
    'Looks at /health, /live and /ready; sends pictures of every class to /predict and looks at form, numbers and labels; ' +
    'gives it what it must refuse; and holds the counters of /metrics and /stats against what was sent (at least that ' +
    'much: others may use the service meanwhile). A table with a row for each check; exit code 1 when one failed. ' +
    'The pictures in the box are easy ones for the models in the box; give a weaker one photos that it should know. ' +
    `Of --photos, the first ${picturesPerClass} of each class are sent.`,
  examples: [
    'pawprint smoke-test --url http://127.0.0.1:8000',
    'pawprint smoke-test --url https://pets.example/classifier --photos my-photos --json',
    'pawprint smoke-test --exclusive   # nobody else asks: counters must move by exactly what was sent',
  ],
  options: z.strictObject({
    url: urlFlag,
    photos: photosFlag,
    apiKey: apiKeyFlag,
    timeoutMs: timeoutFlag.default(10_000).describe('milliseconds that each request may take'),
    exclusive: z.boolean().default(false).describe('nobody else asks: counters must move by exactly what was sent'),
    counters: z
      .boolean()
      .default(true)
      .describe('hold counters against what was sent, which says nothing where several replicas share the address'),
  }),
  run: async ({ options, context }) => {
    const { describeSmokeTest, parseServiceUrl, readPictures, smokeTest } = await import('../../client/index.ts');
    const { cwd, signal } = context;
    const url = parseServiceUrl(options.url);
    const apiKey = findApiKey(options.apiKey, context);
    const photos = options.photos === undefined ? undefined : resolve(cwd, options.photos);
    const report = await smokeTest({
      url,
      set: await readPictures(photos, picturesPerClass),
      apiKey,
      timeoutMs: options.timeoutMs,
      shared: !options.exclusive,
      counters: options.counters,
      signal,
    });
    return { json: report, text: describeSmokeTest(report), exitCode: report.passed ? 0 : 1 };
  },
});
