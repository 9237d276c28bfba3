// The known answer: what a model says of one drawn picture, kept in its file when it is made. The weights' hash shows
// that the file is whole; the known answer shows that decoder, preprocessing and runtime still make the same of it.
import { createRandom, PawprintError } from '../core/index.ts';
import { type Graph, writeOnnx } from '../graph/index.ts';
import { createPreprocessor, drawAnimal, encodeJpeg, type Preprocessing, tensorFromRecord } from '../image/index.ts';
import { createSession } from '../runtime/index.ts';
import type { ModelMetadata } from './model-metadata.ts';

/**
 * The metadata with the known answer of the graph (input `image` [N, 3, S, S], output `logits`), asked once on one
 * thread of the CPU. The same graph and preprocessing, the same bytes. Throws MODEL_INVALID for a graph that gives no
 * finite logits.
 */
export async function withKnownAnswer(graph: Graph, metadata: ModelMetadata): Promise<ModelMetadata> {
  const image = knownAnswerPicture();
  const logits = await askGraph(graph, image, metadata.preprocessing);
  const knownAnswer = { image: Buffer.from(image).toString('base64'), logits, tolerance: toleranceOf(graph, logits) };
  return { ...metadata, knownAnswer };
}

/**
 * A drawn cat of 80 × 60 pixels as a JPEG file: coloured, textured and not square, so that swapped channels, another
 * normalisation or another fit show. A plain grey picture would hide them. A JPEG, for
 * whose decoder a service needs anyway: it is ready sooner.
 */
function knownAnswerPicture(): Uint8Array {
  const random = createRandom(6, 'known answer', 'cat');
  return encodeJpeg(drawAnimal({ label: 'cat', random, sizePx: 80 }), { quality: 95 });
}

async function askGraph(graph: Graph, image: Uint8Array, preprocessing: Preprocessing): Promise<number[]> {
  const record = await createPreprocessor(preprocessing).record(image);
  const data = new Float32Array(record.length);
  tensorFromRecord(record, preprocessing, data, 0);
  const size = preprocessing.imageSizePx;
  const session = await createSession(writeOnnx(graph), { threads: 1 });
  try {
    const { logits } = await session.run({ image: { data, dims: [1, 3, size, size] } }, ['logits']);
    if (logits?.data instanceof Float32Array && logits.data.every(Number.isFinite)) return [...logits.data];
    throw new PawprintError('MODEL_INVALID', {
      message: 'the model gives no finite logits for the picture of its known answer',
      expected: 'finite float32 logits',
      received: logits === undefined ? 'none' : logits.data.join(', '),
      hint: 'Its weights are no use: train with a lower learning rate.',
    });
  } finally {
    await session.release();
  }
}

/** Operators that compute with 8-bit activations; DequantizeLinear alone only unpacks weights. */
const quantisedOperator = /^Q[A-Z]|^Quantize|^DynamicQuantize|Integer/;

/**
 * By how much the logits may differ on another machine. Float kernels sum in another order: 0.001 times the largest
 * logit, or 0.001 where that is below 1. Models with quantised operators: 0.5, because int8 kernels differ between CPUs
 * (with VNNI or without, x64 or ARM), and an activation that is rounded the other way moves by a whole step and others
 * with it. Damaged weights are caught by their hash, however little they change.
 */
function toleranceOf({ nodes }: Graph, logits: readonly number[]): number {
  if (nodes.some(({ op }) => quantisedOperator.test(op))) return 0.5;
  return 1e-3 * Math.max(1, ...logits.map(Math.abs));
}
