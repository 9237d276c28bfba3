// GET /metrics: Prometheus' text. GET /stats: the same story for people, as JSON.
import type { FastifyInstance } from 'fastify';
import type { AppDependencies } from '../dependencies.ts';
import { statsSchema } from '../schemas/service.ts';

export function metricsRoutes(app: FastifyInstance, dependencies: AppDependencies): void {
  const { metrics, statistics, host, now, limits } = dependencies;
  const [started, startedMs] = [now(), performance.now()];
  app.get(
    '/metrics',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'metrics for Prometheus',
        tags: ['service'],
        answers: { 200: { description: "Prometheus' text format", contentType: 'text/plain' } },
      },
    },
    async (_, reply) => reply.type(metrics.contentType).send(await metrics.read()),
  );
  app.get(
    '/stats',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'counts, percentiles and the last minute',
        tags: ['service'],
        answers: { 200: { description: 'since the start of this process', schema: statsSchema } },
      },
    },
    () => {
      const { name, version, file, loadedAt } = host.current;
      const { kind, classNames, dataset, preprocessing, temperature, abstention } = file.metadata;
      return {
        startedAt: started.toISOString(),
        uptimeSeconds: (performance.now() - startedMs) / 1000,
        ...statistics.summary(),
        waiting: host.waiting,
        model: {
          ...{ name, kind, version, sha256: file.sha256, classNames, preprocessing, temperature },
          unsureBelow: abstention?.threshold ?? null,
          trainedOn: dataset.md5,
          loadedAt: loadedAt.toISOString(),
        },
        limits,
      };
    },
  );
}
