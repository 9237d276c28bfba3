// POST /predict: one picture in, label and probabilities out.
import type { FastifyInstance } from 'fastify';
import { statedAnswer } from '../../inference/serving/index.ts';
import type { AppDependencies } from '../dependencies.ts';
import { admit, describeAnswer, describeRequest, type Predict } from '../predicting.ts';
import { type PredictQuery, predictionSchema, predictQuerySchema } from '../schemas/prediction.ts';
import { uploadedImage } from '../uploads/uploaded-image.ts';

export function predictRoutes(app: FastifyInstance, { isReady, limits }: AppDependencies, predict: Predict): void {
  app.post<{ Querystring: PredictQuery }>(
    '/predict',
    {
      config: { scope: 'predict', countsFailures: true },
      schema: {
        summary: 'what a picture shows',
        tags: ['predictions'],
        pictures: 'one',
        querystring: predictQuerySchema,
        answers: { 200: { description: 'the answer', schema: predictionSchema } },
        problems: [415, 422],
      },
    },
    async (request, reply) => {
      const signal = admit(reply, isReady);
      const bytes = await uploadedImage(request, limits.maxBodyBytes);
      const asked = { request, signal, started: performance.now() };
      const answer = await predict({ kind: 'picture', bytes, explain: request.query.explain ?? false }, asked);
      const { label, confidence } = answer.prediction;
      const model = answer.model.version;
      request.outcome = { label, confidence, answer: statedAnswer(answer.prediction), model, bytes: bytes.length };
      return { ...describeAnswer(answer, request.query), ...describeRequest(asked, answer.model) };
    },
  );
}
