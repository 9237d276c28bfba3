// The models of a running service: the one that answers, a new one that takes its place between two batches, and a
// challenger that answers in the shadow. Each has a queue and threads of its own, so that a swap stops nobody.
import { PawprintError } from '../../core/index.ts';
import { type ModelFile, readModelFile } from '../../models/model-file.ts';
import { createPredictionQueue, type PredictionQueue, type QueueLimits } from './prediction-queue.ts';
import { shareModel } from './share-model.ts';
import type { ServeAnswer, ServeJob } from './serve-work.ts';

export interface ServedModel {
  readonly file: ModelFile;
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /** The first 12 hexadecimal digits of the file's SHA-256: what answers and log lines call it. */
  readonly version: string;
  readonly loadedAt: Date;
}

export interface Challenger extends ServedModel {
  /** Of the predictions that it is asked too, in (0, 1]. */
  readonly share: number;
}

/** What became of the challenger's answer to a picture that the served model had answered. */
export type ShadowOutcome = 'agree' | 'disagree' | 'failed' | 'skipped';

export interface HostAnswer extends ServeAnswer {
  /** The model that answered: a swap may fall between a request's beginning and its end. */
  readonly model: ServedModel;
}

export interface ModelHostOptions extends QueueLimits {
  readonly now: () => Date;
  /** Uniform in [0, 1): chooses the predictions that the challenger sees. */
  readonly random: () => number;
  /** Told each time another model answers. */
  readonly onServed?: (model: ServedModel) => void;
  /** Told of each shadow prediction; `difference`: the largest of a class's probability, null without an answer. */
  readonly onShadow?: (outcome: ShadowOutcome, difference: number | null) => void;
}

export interface ModelHost {
  readonly current: ServedModel;
  readonly challenger: Challenger | null;
  /** Requests that wait for a worker thread of the current model. */
  readonly waiting: number;
  /** Throws as PredictionQueue.answer does. */
  answer(job: ServeJob, signal?: AbortSignal): Promise<HostAnswer>;
  /**
   * Loads a model file, has it prove itself in every thread, and lets it answer from then on; requests that the old one
   * has are answered by the old one. Throws FILE_NOT_FOUND or MODEL_INVALID (also for other class names), and then the old one stays. The
   * same file again is no swap. Calls are carried out one after the other.
   */
  swap(path: string): Promise<ServedModel>;
  /** Sets the challenger; throws as `swap` does, and then the one before stays. */
  challenge(path: string, share: number): Promise<Challenger>;
  /** Ends the challenger, if there is one. */
  endChallenge(): Promise<void>;
  /** Refuses new requests, answers those it has, ends all threads. */
  close(): Promise<void>;
}

interface Slot<Model extends ServedModel = ServedModel> {
  readonly model: Model;
  readonly queue: PredictionQueue;
}

/** Pictures that may wait for a challenger: when it cannot keep up it sees fewer. */
const maxShadowWaiting = 4;

/** Loads the first model and has it prove itself. Throws FILE_NOT_FOUND or MODEL_INVALID. */
export async function createModelHost(path: string, options: ModelHostOptions): Promise<ModelHost> {
  const { now, onServed, onShadow } = options;
  let current = await openSlot(await readModelFile(path), path, options);
  let challenger: Slot<Challenger> | null = null;
  let closed = false;
  let changes: Promise<unknown> = Promise.resolve();
  /** Old queues that still answer what they had. */
  const ending = new Set<Promise<void>>();
  onServed?.(current.model);

  const end = ({ queue }: Slot): void => {
    const ended = queue.close().finally(() => ending.delete(ended));
    ending.add(ended);
  };
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const turn = changes.then(() => {
      if (closed) throw new PawprintError('CANCELLED', { message: 'the service is stopping' });
      return change();
    });
    changes = turn.catch(() => undefined);
    return turn;
  };
  const read = async (from: string): Promise<ModelFile> => {
    const file = await readModelFile(from);
    requireClasses(file, from, current.model.file.metadata.classNames);
    return file;
  };
  const shadow = (job: ServeJob, answer: ServeAnswer): void => {
    if (challenger === null || job.kind === 'tensor' || options.random() >= challenger.model.share) return;
    // Nobody waits for it: whatever becomes of it is counted and forgotten.
    void challenger.queue.answer({ kind: 'picture', bytes: job.bytes }).then(
      ({ prediction }) => {
        const agrees = prediction.label === answer.prediction.label;
        onShadow?.(agrees ? 'agree' : 'disagree', largestDifference(prediction, answer.prediction));
      },
      (error: unknown) => {
        const skipped = error instanceof PawprintError && (error.code === 'OVERLOADED' || error.code === 'CANCELLED');
        onShadow?.(skipped ? 'skipped' : 'failed', null);
      },
    );
  };

  return {
    get current() {
      return current.model;
    },
    get challenger() {
      return challenger?.model ?? null;
    },
    get waiting() {
      return current.queue.waiting;
    },
    answer: async (job, signal) => {
      const { model, queue } = current;
      const answer = await queue.answer(job, signal);
      shadow(job, answer);
      return { ...answer, model };
    },
    swap: (from) =>
      inTurn(async () => {
        const file = await read(from);
        if (file.sha256 === current.model.file.sha256) return current.model;
        const next = await openSlot(file, from, options);
        const old = current;
        current = next;
        onServed?.(next.model);
        end(old);
        return next.model;
      }),
    challenge: (from, share) =>
      inTurn(async () => {
        const { onBatch: _, ...limits } = options;
        const file = await read(from);
        const modest = { workers: 1, maxWaiting: maxShadowWaiting, observe: false };
        const slot = await openSlot(file, from, { ...limits, ...modest, now });
        const old = challenger;
        const model = { ...slot.model, share };
        challenger = { ...slot, model };
        if (old !== null) end(old);
        return model;
      }),
    endChallenge: () =>
      inTurn(() => {
        if (challenger !== null) end(challenger);
        challenger = null;
        return Promise.resolve();
      }),
    close: async () => {
      closed = true;
      await changes;
      end(current);
      if (challenger !== null) end(challenger);
      await Promise.all(ending);
    },
  };
}

type SlotOptions = QueueLimits & { readonly now: () => Date };

/** Opens a queue on the model and waits until each of its threads has proven itself. */
async function openSlot(read: ModelFile, path: string, options: SlotOptions): Promise<Slot> {
  const file = shareModel(read);
  const { name, preprocessing } = file.metadata;
  const version = file.sha256.slice(0, 12);
  const queue = createPredictionQueue({
    ...options,
    maxWaiting: Math.max(options.maxWaiting, options.workers),
    model: file,
    path,
  });
  try {
    // A grey row for each thread: one that could not open the model, or gives the known picture another answer, throws.
    const grey: ServeJob = { kind: 'tensor', values: new Float32Array(3 * preprocessing.imageSizePx ** 2) };
    await Promise.all(Array.from({ length: options.workers }, () => queue.answer(grey)));
  } catch (error) {
    await queue.close();
    throw error;
  }
  return { model: { file, path, name, version, loadedAt: options.now() }, queue };
}

/** Clients, counters and records know the classes by name: other ones need a service of their own. */
function requireClasses(file: ModelFile, path: string, expected: readonly string[]): void {
  const { classNames } = file.metadata;
  if (classNames.length === expected.length && classNames.every((name) => expected.includes(name))) return;
  throw new PawprintError('MODEL_INVALID', {
    message: `${path} tells other classes apart than the model that is served`,
    expected: expected.join(', '),
    received: classNames.join(', '),
    hint: 'Start a service of its own for it.',
  });
}

interface WithProbabilities {
  readonly probabilities: Readonly<Record<string, number>>;
}

function largestDifference(a: WithProbabilities, b: WithProbabilities): number {
  return Object.entries(a.probabilities).reduce(
    (most, [name, value]) => Math.max(most, Math.abs(value - (b.probabilities[name] ?? 0))),
    0,
  );
}
