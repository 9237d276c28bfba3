// The training history that lies beside a model file: `models/cnn.onnx` has `models/cnn.history.json`.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { PawprintError } from '../core/index.ts';

const rowSchema = z.object({
  epoch: z.number(),
  trainLoss: z.number(),
  trainAccuracy: z.number(),
  validationLoss: z.number(),
  validationAccuracy: z.number(),
  learningRate: z.number(),
  imagesPerSecond: z.number(),
});

export type HistoryRow = z.infer<typeof rowSchema>;

/** `models/cnn.onnx` → `models/cnn.history.json`. */
export function historyPath(modelPath: string): string {
  return `${modelPath.replace(/\.onnx$/i, '')}.history.json`;
}

/** The epochs beside `modelPath`; null when there is no such file. Throws CONFIG_INVALID when it is not a history. */
export async function readHistory(modelPath: string): Promise<HistoryRow[] | null> {
  const path = historyPath(modelPath);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    return z.array(rowSchema).min(1).parse(value);
  } catch (cause) {
    throw new PawprintError('CONFIG_INVALID', {
      message: `${path} is not a training history`,
      expected: 'JSON rows with epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy',
      hint: 'Remove it, or train again; the evaluation itself does not need it.',
      cause,
    });
  }
}
