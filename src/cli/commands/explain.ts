// pawprint explain: the places of a photo that a model's answer rests on, as heat over the photo.
import { stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { PawprintError, writeFileAtomic } from '../../core/index.ts';
import type { Explainer, PhotoExplanation } from '../../inference/index.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { findModel, modelFlag } from '../model-option.ts';
import { createOverlayNames, readInput } from '../overlay-folder.ts';

export default defineCommand({
  name: 'explain',
  summary: 'show which places of a photo the answer rests on',
  description:
    'Writes the photo with heat over the places that speak for a class, the predicted one unless --class names another. ' +
    'Convolutional networks are explained by Grad-CAM; models with a linear layer on pooled features (transfer) by their ' +
    'class activation map; logistic regression by the contribution of each pixel. All from the model file alone. ' +
    'Several files, or a folder, give one picture each in the folder --out; a photo that cannot be read is then ' +
    'reported in its place and the rest goes on; the exit code is then 1.',
  examples: [
    'pawprint explain photo.jpg --out heat.png',
    'pawprint explain photo.jpg --class dogs --out dogs.png   # what speaks for the other class',
    'pawprint explain folder/ other.jpg --model models/cnn.onnx --out heat/',
    'pawprint explain photo.jpg --json',
  ],
  positionals: [{ name: 'files', description: 'photos, or folders of photos', variadic: true, required: true }],
  options: z.strictObject({
    model: modelFlag,
    out: z
      .string()
      .optional()
      .describe('picture to write, ending in .png; of several photos: the folder (heat.png or heat unless told)'),
    class: z.string().optional().describe('class whose evidence is shown; the predicted one unless told'),
    threads: z.coerce
      .number()
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('threads of the model; every core unless told'),
  }),
  run: async ({ positionals: { files }, options, context }) => {
    const { cwd } = context;
    const several = files.length > 1 || (await isFolder(resolve(cwd, files[0] ?? '')));
    const out = options.out ?? (several ? 'heat' : 'heat.png');
    checkOut(out, several);
    const { createExplainer } = await import('../../inference/index.ts');
    const explainer = await createExplainer(findModel(options.model, context), { threads: options.threads });
    try {
      const labelIndex = options.class === undefined ? undefined : explainer.labelOf(options.class);
      const tally = { seen: 0, failed: 0 };
      const stream = explainAll({ files, explainer, labelIndex, several, out, context, tally });
      return { stream, exitCode: () => (tally.failed > 0 ? 1 : 0) };
    } catch (error) {
      await explainer.close();
      throw error;
    }
  },
});

interface ExplainRun {
  readonly files: readonly string[];
  readonly explainer: Explainer;
  readonly labelIndex: number | undefined;
  readonly several: boolean;
  readonly out: string;
  readonly context: CommandContext;
  readonly tally: { seen: number; failed: number };
}

/** One line a photo, its picture written before; closes the explainer. */
async function* explainAll(run: ExplainRun): AsyncGenerator<string> {
  const { explainer, several, out, tally } = run;
  const { cwd, json, signal, stderr } = run.context;
  const { asPhotoError, listPhotoInputs } = await import('../../inference/index.ts');
  const nameOverlay = createOverlayNames();
  const { classNames } = explainer.metadata;
  try {
    for await (const input of listPhotoInputs(run.files, (path) => resolve(cwd, path))) {
      signal.throwIfAborted();
      tally.seen++;
      const explained = await readInput(input)
        .then((bytes) => explainer.explainPhoto(bytes, { labelIndex: run.labelIndex }))
        .catch((error: unknown) => asPhotoError(error, input.name));
      if (explained instanceof PawprintError) {
        if (!several) throw explained;
        tally.failed++;
        yield json ? failureLine(input.name, explained) : `${input.name}: ${explained.message}\n`;
        continue;
      }
      const path = several ? join(resolve(cwd, out), nameOverlay(input.name)) : resolve(cwd, out);
      await writeFileAtomic(path, await explained.overlay());
      const record = toRecord(explained, { file: input.name, classNames, out: relative(cwd, path) || path });
      yield json ? `${JSON.stringify(record)}\n` : describe(record);
    }
    if (tally.failed > 0) stderr.write(`pawprint: ${tally.failed} of ${tally.seen} could not be explained\n`);
  } finally {
    await explainer.close();
  }
}

function failureLine(file: string, { code, message, hint }: PawprintError): string {
  return `${JSON.stringify({ file, error: { code, message, hint } })}\n`;
}

/** What --json prints for a photo; the peak in fractions of width and height from the top left. */
function toRecord(
  { prediction, labelIndex, method, exact, peak }: PhotoExplanation,
  { file, classNames, out }: { readonly file: string; readonly classNames: readonly string[]; readonly out: string },
) {
  const { label, confidence, probabilities } = prediction;
  const name = classNames[labelIndex] ?? '';
  return { file, label, confidence, class: name, probability: probabilities[name] ?? 0, method, exact, peak, out };
}

function describe({ file, class: name, probability, method, peak, out }: ReturnType<typeof toRecord>): string {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const place =
    peak === null
      ? `nothing speaks for ${name}`
      : `most at ${percent(peak.x)} from the left, ${percent(peak.y)} from the top`;
  return `${file}: ${name} ${(100 * probability).toFixed(2)} %; ${place} (${method}); wrote ${out}\n`;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}

function checkOut(out: string, several: boolean): void {
  const isPng = out.toLowerCase().endsWith('.png');
  if (isPng !== several) return;
  throw new PawprintError('USAGE', {
    message: several ? `--out ${out} is one picture, but there are several photos` : `--out ${out} is not a PNG`,
    expected: several ? 'a folder, for one picture a photo' : 'a file name that ends in .png',
    received: out,
    hint: several ? 'Give a folder: --out heat' : 'Pictures are written as PNG: --out heat.png',
  });
}
