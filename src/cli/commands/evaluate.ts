// pawprint evaluate: every score of a model on labelled photos, with pictures and a page to look at the mistakes.
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { findModel, modelFlag } from '../model-option.ts';

export default defineCommand({
  name: 'evaluate',
  summary: 'score a model on a split or on any folder of labelled photos',
  description:
    'Scores a model on one split of a prepared data set, or on any folder with one folder of photos for each class ' +
    '(names in any case, singular or plural). Writes the scores, charts, every prediction and a page of the mistakes.',
  examples: [
    'pawprint evaluate --model models/cnn.onnx --data data/prepared --split test',
    'pawprint evaluate --model models/cnn.onnx --data any/folder/with/cats/and/dogs --json',
    'pawprint evaluate --data data/prepared --min-accuracy 0.83   # exit code 3 below it',
  ],
  options: z.strictObject({
    model: modelFlag,
    data: z.string().default('data/prepared').describe('prepared data set, or folder of class folders'),
    split: z.enum(['train', 'validation', 'test']).optional().describe('which split, where there are any; else test'),
    out: z.string().default('reports/evaluation').describe('folder for the charts, predictions.csv and index.html'),
    report: z.boolean().default(true).describe('write the report folder'),
    minAccuracy: z.coerce.number().min(0).max(1).optional().describe('gate: exit code 3 when the accuracy is below'),
    device: z.enum(['cpu', 'cuda', 'webgpu', 'coreml', 'directml']).default('cpu').describe('where the model runs'),
    threads: z.coerce
      .number()
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('threads of the model; every core unless told'),
    batchSize: z.coerce.number().int().min(1).max(1024).default(32).describe('photos per model run; changes no result'),
  }),
  run: async ({ options, context }) => {
    const {
      checkReportFolder,
      describeEvaluation,
      evaluate,
      openEvaluationData,
      Predictor,
      toEvaluationJson,
      writeEvaluationReport,
    } = await import('../../inference/index.ts');
    const { cwd, progress, signal } = context;
    const { device, threads, batchSize, split, minAccuracy } = options;
    const directory = resolve(cwd, options.out);
    if (options.report) await checkReportFolder(directory);
    const predictor = await Predictor.load(findModel(options.model, context), {
      device,
      ...(threads === undefined ? {} : { threads }),
    });
    try {
      const data = await openEvaluationData(resolve(cwd, options.data), predictor.metadata, split);
      try {
        const evaluation = await evaluate(predictor, data, { progress, signal, batchSize });
        if (options.report) await writeEvaluationReport(evaluation, directory, { progress, signal });
        const gate = minAccuracy === undefined ? null : { minAccuracy, met: evaluation.scores.accuracy >= minAccuracy };
        const report = options.report ? directory : null;
        return {
          json: { ...toEvaluationJson(evaluation), gate, report },
          text: describeEvaluation(evaluation, { gate, report: options.report ? options.out : null }),
          exitCode: gate?.met === false ? 3 : 0,
        };
      } finally {
        data.close();
      }
    } finally {
      await predictor.close();
    }
  },
});
