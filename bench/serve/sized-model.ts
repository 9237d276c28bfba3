// The CNN in the box as a model of another picture size. Its weights fit any size (it pools over all places), so that
// speed can be measured at the size of other measurements without training anew; what it answers is worth less.
import { readFile, writeFile } from 'node:fs/promises';
import { readOnnx, writeOnnx } from '../../src/graph/index.ts';
import { modelMetadataSchema } from '../../src/models/index.ts';

/** Writes the model of `from` to `to`, taking pictures of `imageSizePx` × `imageSizePx`. */
export async function writeSizedModel(from: string, to: string, imageSizePx: number): Promise<void> {
  const { graph, metadata } = readOnnx(await readFile(from), { batch: 'N' });
  const known = modelMetadataSchema.parse(JSON.parse(metadata['pawprint'] ?? ''));
  const sized = { ...known, preprocessing: { ...known.preprocessing, imageSizePx } };
  const inputs = graph.inputs.map((input) => ({ ...input, shape: ['N', 3, imageSizePx, imageSizePx] }));
  const bytes = writeOnnx({ ...graph, inputs }, { metadata: { ...metadata, pawprint: JSON.stringify(sized) } });
  await writeFile(to, bytes);
}
