// Requests for predictions wait here, in bounded number, until a worker thread is free; it then takes as many at once as
// wait, up to a batch. No request waits for others to come: under light load a batch is one picture.
import { createWorkerPool, fromWire, PawprintError, workerScript } from '../../core/index.ts';
import type { ImageLimits } from '../../image/index.ts';
import type { ModelFile } from '../../models/index.ts';
import type { Prediction } from '../predictor.ts';
import type { ServeReply, ServeRequest, ServeSettings } from './serve-work.ts';

export interface PredictionQueueOptions {
  readonly model: ModelFile;
  /** What errors call the model. */
  readonly path: string;
  /** Worker threads, each with a session of its own. */
  readonly workers: number;
  /** Requests that may wait; one more is refused at once. */
  readonly maxWaiting: number;
  /** Most pictures of one model run. */
  readonly maxBatch: number;
  /** A request that has waited longer is given up. */
  readonly deadlineMs: number;
  /** Told the size of each batch when a worker takes it. */
  readonly onBatch?: (size: number) => void;
  readonly limits?: ImageLimits;
}

export interface PredictionQueue {
  /** Requests that wait, those under way not counted. */
  readonly waiting: number;
  /**
   * The answer for one encoded picture. Throws IMAGE_… for a bad picture, OVERLOADED when too many wait, DEADLINE_EXCEEDED
   * after `deadlineMs`, CANCELLED when `signal` aborts (its place is free at once) or the queue is closed.
   */
  predict(bytes: Uint8Array, signal?: AbortSignal): Promise<Prediction>;
  /** Refuses new requests, answers those it has, and ends the threads. */
  close(): Promise<void>;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: (prediction: Prediction) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts the worker threads. Answers are those of `Predictor.predictBytes` on the same file, bit for bit. */
export function createPredictionQueue(options: PredictionQueueOptions): PredictionQueue {
  const { model, path, maxWaiting, maxBatch, deadlineMs, limits = {} } = options;
  const workerData: ServeSettings = { file: model, path, limits };
  const pool = createWorkerPool<ServeRequest, ServeReply[]>(workerScript(import.meta.url, 'serve-worker'), {
    size: options.workers,
    workerData,
    youngGenerationMb: 16,
  });
  const waiting: Waiting[] = [];
  const idle = new Set<() => void>();
  let active = 0;
  let closed = false;

  const pump = (): void => {
    while (active < pool.size && waiting.length > 0) {
      const batch = waiting.splice(0, maxBatch);
      active++;
      options.onBatch?.(batch.length);
      void answer(batch).finally(() => {
        active--;
        pump();
        if (active === 0 && waiting.length === 0) for (const resolve of idle) resolve();
      });
    }
  };

  /** A worker that dies takes its batch along: each picture is then tried once more, alone, so that only a culprit fails. */
  const answer = async (batch: readonly Waiting[], again = false): Promise<void> => {
    try {
      const replies = await pool.run(batch.map(({ bytes }) => bytes));
      batch.forEach(({ resolve, reject }, i) => {
        const reply = replies[i];
        if (reply === undefined) reject(new Error('a worker answered for too few pictures'));
        else if ('error' in reply) reject(fromWire(reply.error));
        else resolve(reply.prediction);
      });
    } catch (error) {
      if (error instanceof PawprintError || again) for (const { reject } of batch) reject(error);
      else for (const each of batch) await answer([each], true);
    }
  };

  return {
    get waiting() {
      return waiting.length;
    },
    predict: (bytes, signal) =>
      new Promise<Prediction>((resolve, reject) => {
        if (closed) {
          reject(new PawprintError('CANCELLED', { message: 'the service is stopping' }));
          return;
        }
        if (waiting.length >= maxWaiting) {
          reject(
            new PawprintError('OVERLOADED', {
              message: 'too many predictions are waiting',
              expected: `at most ${maxWaiting}`,
              hint: 'Try again after the seconds in Retry-After.',
            }),
          );
          return;
        }
        const leave = (error: PawprintError): void => {
          const at = waiting.indexOf(entry);
          if (at >= 0) waiting.splice(at, 1);
          entry.reject(error);
        };
        const onAbort = (): void => leave(new PawprintError('CANCELLED', { message: 'the client went away' }));
        const timer = setTimeout(() => {
          leave(
            new PawprintError('DEADLINE_EXCEEDED', {
              message: `no answer within ${deadlineMs} ms`,
              hint: 'The service is busy: try again later.',
            }),
          );
        }, deadlineMs);
        const settle = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
        };
        const entry: Waiting = {
          bytes,
          resolve: (prediction) => {
            settle();
            resolve(prediction);
          },
          reject: (error) => {
            settle();
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        };
        if (signal?.aborted === true) {
          onAbort();
          return;
        }
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.push(entry);
        pump();
      }),
    close: async () => {
      closed = true;
      if (active > 0 || waiting.length > 0) await new Promise<void>((resolve) => idle.add(resolve));
      await pool.close();
    },
  };
}
