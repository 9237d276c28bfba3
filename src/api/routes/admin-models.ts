// /admin/models: which model answers, another one in its place, a challenger in its shadow.
import { join, relative } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import type { ServedModel, ShadowOutcome } from '../../inference/serving/index.ts';
import type { AppDependencies } from '../dependencies.ts';
import { modelChangeSchema, modelsSchema } from '../schemas/service.ts';

type Change = z.output<typeof modelChangeSchema>;
const administration = { config: { scope: 'admin' }, tags: ['administration'] } as const;

export function adminModelRoutes(app: FastifyInstance, dependencies: AppDependencies): void {
  const { host, modelsFolder, metrics } = dependencies;
  const describe = (model: ServedModel): object => ({
    name: model.name,
    kind: model.file.metadata.kind,
    version: model.version,
    sha256: model.file.sha256,
    file: relative(modelsFolder, model.path),
    loadedAt: model.loadedAt.toISOString(),
  });
  const models = async (): Promise<object> => ({
    current: describe(host.current),
    challenger: host.challenger === null ? null : { ...describe(host.challenger), share: host.challenger.share },
    shadow: await shadowCounts(metrics),
  });
  const answers = { 200: { description: 'the models as they are now', schema: modelsSchema } };

  app.get(
    '/admin/models',
    { config: administration.config, schema: { summary: 'the models', tags: administration.tags, answers } },
    models,
  );
  app.post<{ Body: Change }>(
    '/admin/models',
    {
      config: administration.config,
      schema: {
        summary: 'let another model answer, or challenge the one that does',
        description:
          'The file is loaded and proves itself in every worker thread before it answers; on any failure the old one stays. A ' +
          'challenger is asked a share of the predictions too; its answers are counted, never returned.',
        tags: administration.tags,
        body: modelChangeSchema,
        answers,
        problems: [415, 422],
      },
    },
    async (request) => {
      const { file, role, share } = request.body;
      const path = join(modelsFolder, file);
      try {
        const { version } = await (role === 'current' ? host.swap(path) : host.challenge(path, share));
        request.log.info({ model: version, file, role }, 'model changed');
      } catch (error) {
        if (role === 'current') metrics.modelSwaps.inc({ outcome: 'failed' });
        throw withoutFolder(error, modelsFolder);
      }
      return models();
    },
  );
  app.delete(
    '/admin/models/challenger',
    { config: administration.config, schema: { summary: 'end the challenger', tags: administration.tags, answers } },
    async () => {
      await host.endChallenge();
      return models();
    },
  );
}

/** Where files lie on the machine is nobody's business but the operator's. */
function withoutFolder(error: unknown, folder: string): unknown {
  if (!(error instanceof PawprintError)) return error;
  const strip = (text: string): string => text.replaceAll(join(folder, '/'), '');
  const { code, message, expected, received, hint, cause } = error;
  return new PawprintError(code, {
    message: strip(message),
    ...(expected === undefined ? {} : { expected: strip(expected) }),
    ...(received === undefined ? {} : { received: strip(received) }),
    ...(hint === undefined ? {} : { hint: strip(hint) }),
    cause,
  });
}

async function shadowCounts({ shadowPredictions }: AppDependencies['metrics']): Promise<Record<ShadowOutcome, number>> {
  const { values } = await shadowPredictions.get();
  const of = (outcome: ShadowOutcome): number => values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
  return { agree: of('agree'), disagree: of('disagree'), failed: of('failed'), skipped: of('skipped') };
}
