// GET /health, /live, /ready: is it up, is the process alive, does it answer predictions.
import type { FastifyInstance } from 'fastify';
import { PawprintError } from '../../core/index.ts';
import type { AppDependencies } from '../dependencies.ts';
import { healthSchema, liveSchema, readySchema } from '../schemas/service.ts';

const open = { scope: 'open' } as const;

export function healthRoutes(app: FastifyInstance, { isReady, host, version }: AppDependencies): void {
  app.get(
    '/health',
    {
      config: open,
      schema: {
        summary: 'how the service does',
        tags: ['service'],
        answers: { 200: { description: 'it is up; `ready` says whether it predicts', schema: healthSchema } },
      },
    },
    () => {
      const { name, version: modelVersion, file } = host.current;
      return {
        status: isReady() ? 'ok' : 'not ready',
        ready: isReady(),
        model: { name, kind: file.metadata.kind, version: modelVersion },
        version,
      };
    },
  );
  app.get(
    '/live',
    {
      config: open,
      schema: {
        summary: 'whether the process is alive',
        description: 'For a liveness probe: says nothing of the model.',
        tags: ['service'],
        answers: { 200: { description: 'it is', schema: liveSchema } },
      },
    },
    () => ({ status: 'alive' }),
  );
  app.get(
    '/ready',
    {
      config: open,
      schema: {
        summary: 'whether predictions are answered',
        description:
          'For a readiness probe: the weights match their recorded SHA-256, and each worker thread gave the known answer to the ' +
          'picture in the model file.',
        tags: ['service'],
        answers: { 200: { description: 'they are', schema: readySchema } },
      },
    },
    () => {
      if (isReady()) return { status: 'ready' };
      throw new PawprintError('NOT_READY', {
        message: 'the model has not proven itself yet, or the service is stopping',
      });
    },
  );
}
