// Many logistic regressions as one matrix product: each pair of a fold and a strength is a problem, each problem a
// block of columns of one weight matrix, and one ONNX graph gives the gradients of them all.
import { PawprintError } from '../../core/index.ts';
import { type Graph, GraphBuilder, int, type Value, writeOnnx } from '../../graph/index.ts';
import { outputColumns } from '../../models/index.ts';
import { createSession } from '../../runtime/index.ts';

/** Rows that one run of the graph takes; more only need more memory. */
const chunkRows = 2048;

export interface HeadData {
  /** [n, d], row-major. */
  readonly features: Float32Array;
  readonly featureCount: number;
  readonly labels: Uint8Array;
  readonly classCount: number;
  /** [n, folds]: share of a photo in the mean loss of a fold's training set; 0: held out. Columns sum to 1. */
  readonly shares: Float32Array;
  readonly shareColumns: number;
}

/** min over W, b: Σᵢ shareᵢ · loss(W·xᵢ + b, yᵢ) + decay/2 · ‖W‖². */
export interface HeadProblem {
  /** Column of the shares. */
  readonly fold: number;
  readonly decay: number;
}

export interface HeadProblems {
  /** Numbers of one problem's point: K·d weights, row by row, then K biases. */
  readonly size: number;
  /** Gradient of each problem at its point, [K·d + K], written into `gradients`. */
  gradients(
    problems: readonly HeadProblem[],
    points: readonly Float64Array[],
    gradients: readonly Float64Array[],
  ): Promise<void>;
  /** Logits of every photo under every point: [n, points·K]. */
  logits(points: readonly Float64Array[]): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Z = X·Wᵀ + b, R = share ∘ (σ(Z) − Y), dW = Rᵀ·X, db = Σ R; softmax over a problem's K columns instead of σ for K > 1. */
export function headGraph(featureCount: number, classCount: number, shareColumns: number): Graph {
  const k = outputColumns(classCount);
  const columns = k === 1 ? 'problems' : `${k}*problems`;
  const b = new GraphBuilder();
  const x = b.input('features', 'float32', ['rows', featureCount]);
  const weights = b.input('weights', 'float32', [columns, featureCount]);
  const biases = b.input('biases', 'float32', [columns]);
  const targets = b.input('targets', 'float32', k === 1 ? ['rows', 1] : ['rows', 1, k]);
  const shares = b.input('shares', 'float32', ['rows', shareColumns]);
  const selection = b.input('selection', 'float32', [shareColumns, 'problems']);
  const named = (value: Value, name: string): Value => b.node('Identity', [value], {}, name);

  const logits = b.node('Gemm', [x, weights, biases], { transB: int(1) }, 'logits'); // [rows, K·problems]
  const share = b.node('MatMul', [shares, selection]); // [rows, problems]
  const residual =
    k === 1
      ? b.mul(share, b.sub(b.node('Sigmoid', [logits]), targets))
      : b.reshape(
          b.mul(
            b.reshape(share, [0, -1, 1]),
            b.sub(b.node('Softmax', [b.reshape(logits, [0, -1, k])], { axis: int(-1) }), targets),
          ),
          [0, -1],
        );
  return b.build('head_gradients', [
    logits,
    named(b.node('Gemm', [residual, x], { transA: int(1) }), 'weight_gradients'),
    named(b.node('ReduceSum', [residual, b.int64s(0)], { keepdims: int(0) }), 'bias_gradients'),
  ]);
}

/** Loads the graph for `data`. `threads` inside one operator; 1 makes runs repeat bit for bit. */
export async function createHeadProblems(
  data: HeadData,
  options: { readonly threads: number; readonly signal?: AbortSignal | undefined },
): Promise<HeadProblems> {
  const { featureCount: d, labels, shareColumns } = data;
  const k = outputColumns(data.classCount);
  const n = labels.length;
  const targets = targetMatrix(labels, k);
  const noPoint = new Float64Array();
  const session = await createSession(writeOnnx(headGraph(d, data.classCount, shareColumns)), options);

  const run = async (points: readonly Float64Array[], selection: Float32Array, visit: ChunkVisitor): Promise<void> => {
    const columns = points.length * k;
    const weights = new Float32Array(columns * d);
    const biases = new Float32Array(columns);
    points.forEach((point, i) => {
      weights.set(point.subarray(0, k * d), i * k * d);
      biases.set(point.subarray(k * d), i * k);
    });
    for (let start = 0; start < n; start += chunkRows) {
      if (options.signal?.aborted === true) throw new PawprintError('CANCELLED', { message: 'the fit was stopped' });
      const end = Math.min(start + chunkRows, n);
      const rows = end - start;
      const outputs = await session.run({
        features: { data: data.features.subarray(start * d, end * d), dims: [rows, d] },
        weights: { data: weights, dims: [columns, d] },
        biases: { data: biases, dims: [columns] },
        targets: { data: targets.subarray(start * k, end * k), dims: k === 1 ? [rows, 1] : [rows, 1, k] },
        shares: { data: data.shares.subarray(start * shareColumns, end * shareColumns), dims: [rows, shareColumns] },
        selection: { data: selection, dims: [shareColumns, points.length] },
      });
      visit(start, (name) => outputs[name]?.data as Float32Array);
    }
  };

  return {
    size: k * (d + 1),
    gradients: async (problems, points, gradients) => {
      const selection = new Float32Array(shareColumns * problems.length);
      problems.forEach(({ fold, decay }, i) => {
        selection[fold * problems.length + i] = 1;
        const [point, gradient] = [points[i] ?? noPoint, gradients[i] ?? noPoint];
        for (let j = 0; j < k * d; j++) gradient[j] = decay * Math.fround(point[j] ?? 0);
        gradient.fill(0, k * d);
      });
      await run(points, selection, (_, output) => {
        const [weightGradients, biasGradients] = [output('weight_gradients'), output('bias_gradients')];
        gradients.forEach((gradient, i) => {
          for (let j = 0; j < k * d; j++) gradient[j] = (gradient[j] ?? 0) + (weightGradients[i * k * d + j] ?? 0);
          for (let j = 0; j < k; j++)
            gradient[k * d + j] = (gradient[k * d + j] ?? 0) + (biasGradients[i * k + j] ?? 0);
        });
      });
    },
    logits: async (points) => {
      const logits = new Float32Array(n * points.length * k);
      await run(points, new Float32Array(shareColumns * points.length), (start, output) =>
        logits.set(output('logits'), start * points.length * k),
      );
      return logits;
    },
    release: () => session.release(),
  };
}

/** One chunk's outputs, from photo `start` on. */
type ChunkVisitor = (start: number, output: (name: string) => Float32Array) => void;

/** [n, 1] of 0 and 1, or one-hot [n, K]. */
function targetMatrix(labels: Uint8Array, k: number): Float32Array {
  if (k === 1) return Float32Array.from(labels);
  const targets = new Float32Array(labels.length * k);
  labels.forEach((label, row) => (targets[row * k + label] = 1));
  return targets;
}
