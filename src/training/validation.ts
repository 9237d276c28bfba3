// Loss and accuracy of the current weights on a split, through the very graph that is served.
import type { PreparedSplit } from '../data/index.ts';
import { logLoss, predictedLabels } from '../evaluation/index.ts';
import { buildInferenceGraph, type Network, type ParameterLayout, type Weights, writeOnnx } from '../graph/index.ts';
import { type Preprocessing, tensorFromRecord } from '../image/index.ts';
import { createSession, type Device } from '../runtime/index.ts';

export interface ValidationSpec {
  readonly network: Network;
  readonly layout: ParameterLayout;
  readonly split: PreparedSplit;
  readonly preprocessing: Preprocessing;
  readonly threads: number;
  readonly device: Device;
}

/** Photos a run of the graph; bounds memory. */
const chunk = 64;

/** Logits of every photo of a split, [count, columns] row-major. */
export async function splitLogits(spec: ValidationSpec, weights: Weights): Promise<Float32Array> {
  const { split, preprocessing, network, layout } = spec;
  const sizePx = preprocessing.imageSizePx;
  const graph = buildInferenceGraph({ network, layout, weights, imageSizePx: sizePx });
  const session = await createSession(writeOnnx(graph), { threads: spec.threads, device: spec.device });
  try {
    const pixels = 3 * sizePx * sizePx;
    const record = new Uint8Array(split.recordBytes);
    const parts: Float32Array[] = [];
    for (let start = 0; start < split.count; start += chunk) {
      const count = Math.min(chunk, split.count - start);
      const images = new Float32Array(count * pixels);
      for (let i = 0; i < count; i++) {
        split.readRecord(start + i, record, 0);
        tensorFromRecord(record, preprocessing, images, i * pixels);
      }
      const { logits } = await session.run({ image: { data: images, dims: [count, 3, sizePx, sizePx] } });
      if (logits?.data instanceof Float32Array) parts.push(logits.data);
    }
    const columns = (parts[0]?.length ?? 0) / Math.max(1, Math.min(chunk, split.count));
    const all = new Float32Array(split.count * columns);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  } finally {
    await session.release();
  }
}

/** Log loss and accuracy of a split under these weights; a loss of NaN when the logits are not all finite. */
export async function scoreSplit(
  spec: ValidationSpec,
  weights: Weights,
  classCount: number,
): Promise<{ readonly loss: number; readonly accuracy: number }> {
  const values = await splitLogits(spec, weights);
  if (!values.every(Number.isFinite)) return { loss: Number.NaN, accuracy: 0 };
  const width = values.length / spec.split.count;
  const labels = spec.split.labels;
  const predicted = predictedLabels({ values, width }, classCount);
  const correct = predicted.reduce((sum, label, i) => sum + Number(label === labels[i]), 0);
  return { loss: logLoss(labels, { values, width }, { classCount }), accuracy: correct / spec.split.count };
}
