// GET /health, /live, /ready: is it up, is the process alive, does it answer predictions.
import type { FastifyInstance } from 'fastify';
import { PawprintError } from '../../core/index.ts';
import type { AppDependencies } from '../dependencies.ts';

export function healthRoutes(app: FastifyInstance, { isReady, model, version }: AppDependencies): void {
  const { name, kind } = model.metadata;
  app.get('/health', () => ({
    status: isReady() ? 'ok' : 'not ready',
    ready: isReady(),
    model: { name, kind, version: model.sha256.slice(0, 12) },
    version,
  }));
  app.get('/live', () => ({ status: 'alive' }));
  app.get('/ready', () => {
    if (!isReady())
      throw new PawprintError('NOT_READY', {
        message: 'the model has not proven itself yet, or the service is stopping',
      });
    return { status: 'ready' };
  });
}
