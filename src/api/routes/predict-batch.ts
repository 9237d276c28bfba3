// POST /predict/batch: many pictures in, one result each, in their order; a bad one is refused alone.
import type { FastifyInstance } from 'fastify';
import { errorTable } from '../../core/index.ts';
import type { AppDependencies } from '../dependencies.ts';
import { admit, describeAnswer, describeRequest, type Predict } from '../predicting.ts';
import { asClientError, mayBeTold } from '../problem.ts';
import { type BatchAnswer, batchSchema, type PredictQuery, predictQuerySchema } from '../schemas/prediction.ts';
import { uploadedImages } from '../uploads/uploaded-images.ts';

type Result = BatchAnswer['results'][number];

export function predictBatchRoutes(app: FastifyInstance, dependencies: AppDependencies, predict: Predict): void {
  const { host, isReady, limits, statistics } = dependencies;
  app.post<{ Querystring: PredictQuery }>(
    '/predict/batch',
    {
      config: { scope: 'predict' },
      schema: {
        summary: 'what each of many pictures shows',
        tags: ['predictions'],
        pictures: 'many',
        querystring: predictQuerySchema,
        answers: { 200: { description: 'a result for each picture, in the order sent', schema: batchSchema } },
        problems: [415],
      },
    },
    async (request, reply): Promise<BatchAnswer> => {
      const signal = admit(reply, isReady);
      const pictures = await uploadedImages(request, {
        maxPictures: limits.maxBatchPictures,
        maxBytes: limits.maxBodyBytes,
      });
      const started = performance.now();
      let model = host.current;
      const explain = request.query.explain ?? false;
      const resultOf = async ({ name: file, bytes }: (typeof pictures)[number], index: number): Promise<Result> => {
        try {
          const answer = await predict({ kind: 'picture', bytes, explain }, { request, signal, started, index });
          model = answer.model;
          return { index, file, status: 200, ...describeAnswer(answer, request.query) };
        } catch (error) {
          statistics.observeFailure();
          const known = asClientError(error);
          const { httpStatus: status, title } = errorTable[known.code];
          const { code, message: detail, hint } = known;
          if (!mayBeTold(known)) request.log.error({ err: known.cause ?? known }, 'a picture of a batch failed');
          return { index, file, status, code, title, ...(mayBeTold(known) ? { detail, hint } : {}) };
        }
      };
      const results = await Promise.all(pictures.map(resultOf));
      const answered = results.filter(({ status }) => status === 200).length;
      const bytes = pictures.reduce((sum, picture) => sum + picture.bytes.length, 0);
      request.outcome = { pictures: results.length, answered, model: model.version, bytes };
      return {
        results,
        answered,
        refused: results.length - answered,
        ...describeRequest({ request, started }, model),
      };
    },
  );
}
