// POST /feedback: the truth about an earlier prediction, for the monitoring of its quality.
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import { feedbackEntry } from '../../monitoring/index.ts';
import type { AppDependencies } from '../dependencies.ts';
import { feedbackAnswerSchema, feedbackBodySchema } from '../schemas/service.ts';

export function feedbackRoutes(app: FastifyInstance, dependencies: AppDependencies): void {
  const { host, metrics, statistics, recentPredictions, predictionLog, now } = dependencies;
  app.post<{ Body: z.output<typeof feedbackBodySchema> }>(
    '/feedback',
    {
      config: { scope: 'predict' },
      schema: {
        summary: 'what a picture truly showed',
        tags: ['predictions'],
        body: feedbackBodySchema,
        answers: { 202: { description: 'taken', schema: feedbackAnswerSchema } },
        problems: [415],
      },
    },
    (request, reply) => {
      const { requestId, label } = request.body;
      const { classNames } = host.current.file.metadata;
      if (!classNames.includes(label))
        throw new PawprintError('REQUEST_INVALID', {
          message: 'the model does not know this class',
          expected: classNames.join(', '),
          received: label,
          hint: 'Name a class as answers do.',
        });
      const predicted = recentPredictions.recall(requestId);
      const correct = predicted === null ? null : predicted === label;
      const outcome = correct === null ? 'unmatched' : correct ? 'correct' : 'wrong';
      metrics.feedback.inc({ outcome });
      statistics.observeFeedback(outcome);
      predictionLog?.writeFeedback(feedbackEntry({ time: now(), id: requestId, label }));
      request.outcome = { feedbackOn: requestId, label, outcome };
      return reply.code(202).send({ requestId, label, predicted, correct });
    },
  );
}
