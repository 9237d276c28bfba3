// POST /feedback: the truth about an earlier prediction, for the monitoring of its quality.
import type { FastifyInstance } from 'fastify';
import { feedbackEntry } from '../../monitoring/index.ts';
import type { AppDependencies } from '../dependencies.ts';
import { type Feedback, feedbackAnswerSchema, feedbackBodySchema } from '../schemas/service.ts';

export function feedbackRoutes(app: FastifyInstance, dependencies: AppDependencies): void {
  const { host, metrics, statistics, recentPredictions, predictionLog, now } = dependencies;
  app.post<{ Body: Feedback }>(
    '/feedback',
    {
      config: { scope: 'predict' },
      schema: {
        summary: 'what a picture truly showed',
        tags: ['predictions'],
        body: feedbackBodySchema(host.current.file.metadata.classNames),
        answers: { 202: { description: 'taken', schema: feedbackAnswerSchema } },
        problems: [415],
      },
    },
    (request, reply) => {
      const { requestId, label } = request.body;
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
