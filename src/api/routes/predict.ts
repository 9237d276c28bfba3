// POST /predict: one picture in, label and probabilities out.
import type { FastifyInstance } from 'fastify';
import { PawprintError } from '../../core/index.ts';
import { statedAnswer } from '../../inference/index.ts';
import type { AppDependencies } from '../dependencies.ts';
import { uploadedImage } from '../uploaded-image.ts';

export function predictRoutes(app: FastifyInstance, dependencies: AppDependencies): void {
  const { queue, model, metrics, statistics, isReady } = dependencies;
  const { name } = model.metadata;
  const version = model.sha256.slice(0, 12);
  app.post('/predict', async (request, reply) => {
    if (!isReady()) throw new PawprintError('NOT_READY', { message: 'the service does not answer predictions now' });
    const started = performance.now();
    // A client that goes away frees its place in the queue.
    const gone = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort();
    });
    const bytes = await uploadedImage(request);
    const prediction = await queue.predict(bytes, gone.signal);
    const { label, confidence, decision, probabilities } = prediction;
    const milliseconds = performance.now() - started;
    metrics.predictions.inc({ label, decision });
    metrics.confidence.observe(confidence);
    statistics.observe({ label, decision, confidence, latencyMs: milliseconds });
    request.predicted = { label, confidence, decision, bytes: bytes.length };
    return {
      label,
      confidence,
      answer: statedAnswer(prediction),
      probabilities,
      model: { name, version },
      milliseconds: Math.round(100 * milliseconds) / 100,
      requestId: request.id,
    };
  });
}
