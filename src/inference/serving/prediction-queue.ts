// Requests for predictions wait here, in bounded number, until a worker thread is free; it then takes as many at once as
// wait, up to a batch. No request waits for others to come: under light load a batch is one picture.
import { asFamilyError, createWorkerPool, fromWire, PawprintError, workerScript } from '../../core/index.ts';
import type { ImageLimits } from '../../image/index.ts';
import type { ModelFile } from '../../models/index.ts';
import { shareModel } from './share-model.ts';
import type { ServeAnswer, ServeJob, ServeReply, ServeSettings } from './serve-work.ts';

export interface QueueLimits {
  /** Worker threads, each with a session of its own. */
  readonly workers: number;
  /** Requests that may wait; one more is refused at once. */
  readonly maxWaiting: number;
  /** Most pictures of one model run. */
  readonly maxBatch: number;
  /** A request that is not answered by then is given up. */
  readonly deadlineMs: number;
  readonly limits?: ImageLimits;
  /** Whether answers say what the picture was like; not unless told. */
  readonly observe?: boolean;
  /** Told the size of each batch when a worker takes it. */
  readonly onBatch?: (size: number) => void;
}

export interface PredictionQueueOptions extends QueueLimits {
  readonly model: ModelFile;
  /** What errors call the model. */
  readonly path: string;
}

export interface PredictionQueue {
  /** Requests that wait, those under way not counted. */
  readonly waiting: number;
  /** Requests that are not answered yet: waiting or under way. */
  readonly open: number;
  /**
   * The answer for one job. Throws IMAGE_… for a bad picture, SCORES_INVALID for a bad tensor, OVERLOADED when too many
   * wait, DEADLINE_EXCEEDED after `deadlineMs`, CANCELLED when `signal` aborts (its place is free at once) or the queue is
   * closed, MODEL_INVALID when the model cannot be used.
   */
  answer(job: ServeJob, signal?: AbortSignal): Promise<ServeAnswer>;
  /** Refuses new requests, answers those it has, and ends the threads. */
  close(): Promise<void>;
}

interface Entry {
  readonly job: ServeJob;
  readonly resolve: (answer: ServeAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts the worker threads. Answers are those of `Predictor.predictBytes` on the same file, bit for bit. */
export function createPredictionQueue(options: PredictionQueueOptions): PredictionQueue {
  const { model, path, maxWaiting, maxBatch, deadlineMs, limits = {}, observe = false } = options;
  const workerData: ServeSettings = { file: shareModel(model), path, limits, observe };
  const pool = createWorkerPool<readonly ServeJob[], ServeReply[]>(workerScript(import.meta.url, 'serve-worker'), {
    size: options.workers,
    workerData,
    youngGenerationMb: 3,
  });
  const waiting: Entry[] = [];
  const idle = new Set<() => void>();
  let [active, open] = [0, 0];
  let closed = false;

  /** An explanation takes as long as a batch of predictions: it goes alone, so that it holds up no other. */
  const nextBatch = (): Entry[] => {
    const alone = waiting.findIndex(({ job }) => isExplanation(job));
    return waiting.splice(0, alone === 0 ? 1 : Math.min(maxBatch, alone < 0 ? Infinity : alone));
  };
  const pump = (): void => {
    while (active < pool.size && waiting.length > 0) {
      const batch = nextBatch();
      active++;
      options.onBatch?.(batch.length);
      void run(batch).finally(() => {
        active--;
        pump();
        if (active === 0 && waiting.length === 0) for (const resolve of idle) resolve();
      });
    }
  };

  /** A worker that dies takes its batch along: each picture is then tried once more, alone, so that only a culprit fails. */
  const run = async (batch: readonly Entry[], again = false): Promise<void> => {
    try {
      const replies = await pool.run(batch.map(({ job }) => job));
      batch.forEach(({ resolve, reject }, i) => {
        const reply = replies[i];
        if (reply === undefined) reject(new Error('a worker answered for too few pictures'));
        else if ('error' in reply) reject(fromWire(reply.error));
        else resolve(reply.answer);
      });
    } catch (thrown) {
      const error = asFamilyError(thrown);
      if (error instanceof PawprintError || again) for (const { reject } of batch) reject(error);
      else for (const each of batch) await run([each], true);
    }
  };

  const admit = (job: ServeJob, signal?: AbortSignal): Promise<ServeAnswer> =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => leave(new PawprintError('CANCELLED', { message: 'the client went away' }));
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const entry: Entry = {
        job,
        resolve: (answer) => {
          settle();
          resolve(answer);
        },
        reject: (error) => {
          settle();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const leave = (error: PawprintError): void => {
        const at = waiting.indexOf(entry);
        if (at >= 0) waiting.splice(at, 1);
        entry.reject(error);
      };
      const timer = setTimeout(() => leave(tooLate(deadlineMs)), deadlineMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.push(entry);
      pump();
    });

  return {
    get waiting() {
      return waiting.length;
    },
    get open() {
      return open;
    },
    answer: async (job, signal) => {
      if (closed) throw new PawprintError('CANCELLED', { message: 'the service is stopping' });
      if (signal?.aborted === true) throw new PawprintError('CANCELLED', { message: 'the client went away' });
      if (waiting.length >= maxWaiting) throw tooMany(maxWaiting);
      open++;
      try {
        return await admit(job, signal);
      } finally {
        open--;
      }
    },
    close: async () => {
      closed = true;
      if (active > 0 || waiting.length > 0) await new Promise<void>((resolve) => idle.add(resolve));
      await pool.close();
    },
  };
}

const isExplanation = (job: ServeJob): boolean => job.kind === 'picture' && job.explain === true;

function tooMany(maxWaiting: number): PawprintError {
  return new PawprintError('OVERLOADED', {
    message: 'too many predictions are waiting',
    expected: `at most ${maxWaiting}`,
    hint: 'Try again after the seconds in Retry-After.',
  });
}

function tooLate(deadlineMs: number): PawprintError {
  return new PawprintError('DEADLINE_EXCEEDED', {
    message: `no answer within ${deadlineMs} ms`,
    hint: 'The service is busy: try again later.',
  });
}
