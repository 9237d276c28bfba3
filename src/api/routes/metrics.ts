// GET /metrics: Prometheus' text. GET /stats: the same story for people, as JSON.
import type { FastifyInstance } from 'fastify';
import type { AppDependencies } from '../dependencies.ts';

export function metricsRoutes(app: FastifyInstance, dependencies: AppDependencies): void {
  const { metrics, statistics, queue, model, now } = dependencies;
  const started = now();
  app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.read()));
  app.get('/stats', () => {
    const { name, kind, classNames, dataset } = model.metadata;
    return {
      startedAt: started.toISOString(),
      uptimeSeconds: (now().getTime() - started.getTime()) / 1000,
      ...statistics.summary(),
      waiting: queue.waiting,
      model: { name, kind, classNames, sha256: model.sha256, trainedOn: dataset.md5 },
    };
  });
}
