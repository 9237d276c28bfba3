// The CNN in the box as a model of another picture size. Its weights fit any size (it pools over all places), so that
// speed can be measured at the size of other measurements without training anew; what it answers is worth less.
import { readFile, writeFile } from 'node:fs/promises';
import { readOnnx, writeOnnx } from '../../src/graph/index.ts';
import { modelMetadataSchema, withKnownAnswer } from '../../src/models/index.ts';

/** Writes the model of `from` to `to`, taking pictures of `imageSizePx` × `imageSizePx`. */
export async function writeSizedModel(from: string, to: string, imageSizePx: number): Promise<void> {
  const { graph, metadata } = readOnnx(await readFile(from), { batch: 'N' });
  const known = modelMetadataSchema.parse(JSON.parse(metadata['pawprint'] ?? ''));
  const inputs = graph.inputs.map((input) => ({ ...input, shape: ['N', 3, imageSizePx, imageSizePx] }));
  const sized = { ...graph, inputs };
  // The service wants its known answer, which is another at another size.
  const preprocessing = { ...known.preprocessing, imageSizePx };
  const answered = await withKnownAnswer(sized, { ...known, preprocessing });
  const bytes = writeOnnx(sized, { metadata: { ...metadata, pawprint: JSON.stringify(answered) } });
  await writeFile(to, bytes);
}
