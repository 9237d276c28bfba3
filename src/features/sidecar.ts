// What stands beside a backbone's ONNX file, as JSON of the same name: how photos must be prepared for it, which of its
// outputs are what, where it comes from. Everything may be left out; backbone.ts then takes the usual.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { asPawprintError, describeExpectation, PawprintError } from '../core/index.ts';
import { preprocessingSchema } from '../image/index.ts';

export const sidecarSchema = z.strictObject({
  name: z.string().min(1).optional(),
  licence: z.string().min(1).optional(),
  source: z.string().min(1).optional(),
  /** Of the ONNX file's bytes; checked where it is given. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** ImageNet's mean and deviation, crop, bilinear and the graph's own size unless told. */
  preprocessing: preprocessingSchema.partial().default({}),
  outputs: z
    .strictObject({
      /** Value of the graph, an output or not, that gives the features [N, d]. */
      features: z.string().min(1).optional(),
      /** Value that gives the logits [N, K] of the classes that the backbone was trained on; null: none. */
      classLogits: z.string().min(1).nullable().optional(),
    })
    .default({}),
});
export type Sidecar = z.infer<typeof sidecarSchema>;

/** The path of the JSON beside a backbone: `x.onnx` → `x.json`. */
export function sidecarPath(onnxPath: string): string {
  return `${onnxPath.replace(/\.onnx$/i, '')}.json`;
}

/** Reads it; undefined when there is none. CONFIG_INVALID, naming file and place, for one that is not as it should be. */
export async function readSidecar(onnxPath: string): Promise<Sidecar | undefined> {
  const path = sidecarPath(onnxPath);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const known = asPawprintError(error, `reading ${path}`);
    if (known instanceof PawprintError && known.code === 'FILE_NOT_FOUND') return undefined;
    throw known;
  }
  const invalid = (message: string, expected: string): PawprintError =>
    new PawprintError('CONFIG_INVALID', {
      message: `${path}: ${message}`,
      expected,
      hint: 'It describes the ONNX file beside it: correct it, or take it away where the usual settings fit.',
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'it is not JSON', 'a JSON object');
  }
  const parsed = sidecarSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw new Error('a failed check names an issue');
  throw invalid(`${issue.path.join('.')}: ${issue.message}`, describeExpectation(issue));
}
