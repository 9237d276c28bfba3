// One ONNX Runtime session: the only place that knows the native package.
import * as ort from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import { PawprintError } from '../core/index.ts';
import { hasVnni } from './vnni.ts';

/** Where a session runs. */
export const deviceNames = ['cpu', 'cuda', 'webgpu', 'coreml', 'directml'] as const;
export type Device = (typeof deviceNames)[number];

/** A dense tensor, row-major. `data.length` is the product of `dims`. */
export interface Tensor {
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array;
  readonly dims: readonly number[];
}
export type Tensors = Readonly<Record<string, Tensor>>;

export interface SessionOptions {
  readonly device?: Device;
  /** Threads inside one operator; 1 makes runs bit-for-bit repeatable. */
  readonly threads?: number;
  /**
   * `all` (default) also lays data out in blocks for fixed weights; `extended` does not, which is faster where
   * weights are inputs, as in training (docs/performance.md).
   */
  readonly optimization?: 'all' | 'extended';
}

export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once. Blocks the calling thread until it is done (the native call is synchronous).
   * `fetches` names the wanted outputs (all by default), or gives tensors to write them into.
   */
  run(feeds: Tensors, fetches?: readonly string[] | Tensors): Promise<Tensors>;
  release(): Promise<void>;
}

/** Threads when nobody says: every core. */
export function defaultThreads(): number {
  return availableParallelism();
}

const providers: Record<Device, string> = {
  cpu: 'cpu',
  cuda: 'cuda',
  webgpu: 'webgpu',
  coreml: 'coreml',
  directml: 'dml',
};

function toNative(tensor: Tensor): ort.Tensor {
  const { data, dims } = tensor;
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, dims);
  if (data instanceof BigInt64Array) return new ort.Tensor('int64', data, dims);
  if (data instanceof Int32Array) return new ort.Tensor('int32', data, dims);
  return new ort.Tensor('uint8', data, dims);
}

/**
 * Loads a model from bytes or a file. Throws MODEL_INVALID when ONNX Runtime refuses it and DEVICE_UNAVAILABLE when
 * the device cannot be used here.
 */
export async function createSession(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
  const device = options.device ?? 'cpu';
  checkDevice(device);
  const threads = options.threads ?? 1;
  const native = await load(model, device, {
    executionProviders: [providers[device]],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 4,
    // Spinning threads burn CPU time while they wait for each other; sleeping ones cost a little latency.
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        // On CPUs with AVX2 or AVX-512 but no VNNI, products of 8-bit numbers are added in 16 bits and overflow: other
        // answers, without a word. This adds them in full there. With VNNI they always are, and it would more than double
        // the time (docs/performance.md).
        ...(hasVnni() ? {} : { x64quantprecision: '1' }),
      },
    },
  });
  return {
    inputNames: native.inputNames,
    outputNames: native.outputNames,
    run: async (feeds, fetches) => {
      const nativeFeeds = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toNative(tensor)]));
      if (fetches === undefined) return (await native.run(nativeFeeds)) as Tensors;
      if (Array.isArray(fetches)) return (await native.run(nativeFeeds, fetches as string[])) as Tensors;
      const targets = Object.fromEntries(
        Object.entries(fetches as Tensors).map(([name, tensor]) => [name, toNative(tensor)]),
      );
      return (await native.run(nativeFeeds, targets)) as Tensors;
    },
    release: () => native.release(),
  };
}

function checkDevice(device: Device): void {
  const available = new Set(ort.listSupportedBackends().map((backend) => backend.name));
  if (device === 'cpu' || available.has(providers[device])) return;
  const usable = deviceNames.filter((name) => available.has(providers[name]));
  throw new PawprintError('DEVICE_UNAVAILABLE', {
    message: `device ${device} is not available on this machine`,
    expected: `one of: ${usable.join(', ')}`,
    received: device,
    hint: 'Leave --device out to run on the CPU.',
  });
}

async function load(
  model: Uint8Array | string,
  device: Device,
  options: ort.InferenceSession.SessionOptions,
): Promise<ort.InferenceSession> {
  try {
    // The overloads tell path from bytes, so the union must be taken apart.
    return await (typeof model === 'string'
      ? ort.InferenceSession.create(model, options)
      : ort.InferenceSession.create(model, options));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (device !== 'cpu')
      throw new PawprintError('DEVICE_UNAVAILABLE', {
        message: `device ${device} could not be started: ${reason}`,
        hint: 'Leave --device out to run on the CPU, or install the drivers of the device.',
        cause: error,
      });
    throw new PawprintError('MODEL_INVALID', {
      message: `ONNX Runtime cannot load the model: ${reason}`,
      expected: 'a valid ONNX model',
      hint: 'The file may be truncated or of a newer ONNX version: export it again.',
      cause: error,
    });
  }
}
