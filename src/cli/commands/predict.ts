// pawprint predict: label and probability of photos, line by line as they are known.
import { relative, resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import { defineCommand } from '../command.ts';
import { findModel, modelFlag } from '../model-option.ts';
import { createOverlayFolder, type OverlayFolder } from '../overlay-folder.ts';

const stdinLimitBytes = 256 << 20;

/** All of standard input, which holds one picture. */
async function readStdin(stdin: Readable, signal: AbortSignal): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of addAbortSignal(signal, stdin)) {
    const bytes = piece as Uint8Array;
    length += bytes.length;
    if (length > stdinLimitBytes)
      throw new PawprintError('IMAGE_TOO_LARGE', {
        message: 'standard input holds more than one picture may',
        expected: `at most ${stdinLimitBytes >> 20} MiB`,
        received: 'more',
        hint: 'Save it as a file and give its name.',
      });
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}

export default defineCommand({
  name: 'predict',
  summary: 'say what is on photos: label and probability of each',
  description:
    'Predicts photos: files, folders (every picture in them, deeper folders too) or - for one picture on standard input. ' +
    'A photo that cannot be read is reported in its place and the rest goes on; the exit code is then 1.',
  examples: [
    'pawprint predict photo.jpg',
    'pawprint predict --model models/cnn.onnx photo.jpg folder/ --json',
    'pawprint predict folder/ --csv > predictions.csv',
    'cat photo.jpg | pawprint predict -',
    'pawprint predict folder/ --explain heat   # and for each photo a picture of what its answer rests on',
  ],
  positionals: [
    { name: 'photos', description: 'files, folders, or - for standard input', variadic: true, required: true },
  ],
  options: z.strictObject({
    model: modelFlag,
    csv: z.boolean().default(false).describe('print CSV: file,label,confidence,one column a class,answer,error'),
    explain: z.string().optional().describe('folder for a picture of each photo with heat where its answer rests'),
    device: z.enum(['cpu', 'cuda', 'webgpu', 'coreml', 'directml']).default('cpu').describe('where the model runs'),
    batchSize: z.coerce.number().int().min(1).max(1024).default(32).describe('photos per model run; changes no result'),
  }),
  run: async ({ positionals: { photos }, options, context }) => {
    if (options.csv && context.json)
      throw new PawprintError('USAGE', {
        message: '--csv and --json exclude each other',
        hint: 'Leave one of them out.',
      });
    if (photos.filter((path) => path === '-').length > 1)
      throw new PawprintError('USAGE', {
        message: '- was given more than once',
        expected: 'one - at most: standard input holds one picture',
        hint: 'Name the other pictures as files.',
      });
    const { asPhotoError, createExplainer, formatHeader, formatLine, listPhotoInputs, Predictor, toPredictionRecord } =
      await import('../../inference/index.ts');
    const { signal, stdin, stderr, cwd } = context;
    const model = findModel(options.model, context);
    const predictor = await Predictor.load(model, { device: options.device });
    let overlays: OverlayFolder | undefined;
    try {
      if (options.explain !== undefined)
        overlays = createOverlayFolder(await createExplainer(model), resolve(cwd, options.explain));
    } catch (error) {
      await predictor.close();
      throw error;
    }

    const inputs = async function* (): ReturnType<typeof listPhotoInputs> {
      for (const path of photos) {
        if (path !== '-') yield* listPhotoInputs([path], (name) => resolve(cwd, name));
        else
          yield await readStdin(stdin, signal).then(
            (bytes) => ({ name: '-', bytes }),
            (error: unknown) => ({ name: '-', error: asPhotoError(error, 'standard input') }),
          );
      }
    };
    let seen = 0;
    let failed = 0;
    const lines = async function* (): AsyncGenerator<string> {
      const format = context.json ? 'json' : options.csv ? 'csv' : 'table';
      try {
        yield formatHeader(format, predictor.classNames);
        for await (const answer of predictor.predictMany(inputs(), { signal, batchSize: options.batchSize })) {
          seen++;
          if ('error' in answer) failed++;
          const line = formatLine(format, answer, predictor.classNames);
          if (overlays === undefined || 'error' in answer) {
            yield line;
            continue;
          }
          const path = await overlays.write(answer.input, answer.prediction.labelIndex);
          const record = { ...toPredictionRecord(answer), explanation: relative(cwd, path) || path };
          yield format === 'json' ? `${JSON.stringify(record)}\n` : line;
        }
        if (failed > 0) stderr.write(`pawprint: ${failed} of ${seen} could not be predicted\n`);
      } finally {
        await Promise.all([predictor.close(), overlays?.close()]);
      }
    };
    return { stream: lines(), exitCode: () => (failed > 0 ? 1 : 0) };
  },
});
