// The Predictor: one model file with its own preprocessing, ready to look at photos. Evaluation, the predict command
// and the service all answer through it, so a photo gets the same answer everywhere.
import { PawprintError } from '../core/index.ts';
import { predictedLabels, probabilitiesFromLogits } from '../evaluation/index.ts';
import {
  createPreprocessor,
  type ImageFormat,
  type ImageLimits,
  type Preprocessor,
  tensorFromRecord,
} from '../image/records.ts';
import type { ModelFile, ModelMetadata } from '../models/index.ts';
import { isKnownAnswer } from '../models/is-known-answer.ts';
import { createSession, defaultThreads, type Device, type Session } from '../runtime/index.ts';
import { checkCancelled, decodePhotos } from './decode-photos.ts';
import { type PhotoInput } from './photo-input.ts';

export interface Prediction {
  /** The likelier class, however unsure. */
  readonly label: string;
  /** Index into classNames. */
  readonly labelIndex: number;
  /** The probability of `label`. */
  readonly confidence: number;
  /** What the model stands by: `label`, or that it is unsure (too little confidence), or that it is neither class. */
  readonly decision: Decision;
  /** Share of the backbone's probability on what it saw in training, in [0, 1]; null: the model has no such score. */
  readonly familiarity: number | null;
  /** By class name; they sum to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** As the model gave them, before the temperature: one (two classes; for classNames[1]) or one a class. */
  readonly logits: readonly number[];
}

/** `sure`: the label stands; `unsure`: below the abstention threshold; `neither`: a photo of something else. */
export type Decision = 'sure' | 'unsure' | 'neither';

/** One photo's answer: a prediction with the md5 of its file, or what is wrong with the photo. */
export type PhotoPrediction =
  | { readonly input: PhotoInput; readonly prediction: Prediction; readonly md5: string }
  | { readonly input: PhotoInput; readonly error: PawprintError };

export interface SeenPicture {
  /** uint8 [3, S, S]: what the model sees. */
  readonly record: Uint8Array;
  /** Of the picture as it came, pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: ImageFormat;
}

export interface PredictionsWithFeatures {
  readonly predictions: Prediction[];
  readonly features: Float32Array | null;
}

export interface PredictorOptions {
  /** Threads inside one operator; every core unless told. */
  readonly threads?: number;
  readonly device?: Device;
}

export interface PredictManyOptions {
  /** Photos a model run; 32 unless told. Changes no result. */
  readonly batchSize?: number;
  /** Decoding threads; every core unless told. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

/** A loaded model. Made by `Predictor.load`; `close()` frees its memory. */
export class Predictor {
  readonly path: string;
  /** Of the model file's bytes. */
  readonly sha256: string;
  readonly metadata: ModelMetadata;
  /** Bytes of one record [3, S, S]. */
  readonly recordBytes: number;
  readonly #session: Session;
  readonly #preprocessor: Preprocessor;
  #decoding: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: { sha256: string; metadata: ModelMetadata }, session: Session) {
    this.path = path;
    this.sha256 = file.sha256;
    this.metadata = file.metadata;
    this.recordBytes = 3 * file.metadata.preprocessing.imageSizePx ** 2;
    this.#session = session;
    this.#preprocessor = createPreprocessor(file.metadata.preprocessing);
  }

  /** Throws FILE_NOT_FOUND, MODEL_INVALID (not ONNX, truncated, not Pawprint's) or DEVICE_UNAVAILABLE. */
  static async load(path: string, options: PredictorOptions = {}): Promise<Predictor> {
    // Loaded here, not above: a thread that is handed a model file needs no reader of ONNX files and no schemas.
    const { readModelFile } = await import('../models/model-file.ts');
    return Predictor.open(await readModelFile(path), path, options);
  }

  /** The same for a model file that is in memory; `path` is what results and errors call it. */
  static async open(file: ModelFile, path: string, options: PredictorOptions = {}): Promise<Predictor> {
    const threads = options.threads ?? defaultThreads();
    const session = await createSession(file.bytes, { ...options, threads });
    if (!session.inputNames.includes('image') || !session.outputNames.includes('logits')) {
      await session.release();
      throw new PawprintError('MODEL_INVALID', {
        message: `${path} is not an inference model`,
        expected: 'an input `image` and an output `logits`',
        received: `${session.inputNames.join(', ')} → ${session.outputNames.join(', ')}`,
        hint: 'Give the model file that `pawprint train` wrote, not a checkpoint or a training step.',
      });
    }
    return new Predictor(path, file, session);
  }

  get classNames(): readonly string[] {
    return this.metadata.classNames;
  }

  /** Predicts one encoded picture. Throws IMAGE_UNREADABLE, IMAGE_UNSUPPORTED or IMAGE_TOO_LARGE. */
  async predictBytes(bytes: Uint8Array): Promise<Prediction> {
    return this.predictRecord(await this.recordOf(bytes));
  }

  /** The record [3, S, S] that the model sees of an encoded picture. Throws as predictBytes does. */
  async recordOf(bytes: Uint8Array, limits: ImageLimits = {}): Promise<Uint8Array> {
    return (await this.lookAt(bytes, limits)).record;
  }

  /** The record with what else is known of the picture. Throws as predictBytes does. */
  async lookAt(bytes: Uint8Array, limits: ImageLimits = {}): Promise<SeenPicture> {
    // One after the other: the preprocessor reuses its memory.
    const seen = this.#decoding.then(async () => {
      const { record, decoded } = await this.#preprocessor.recordAndPixels(bytes, limits);
      const { width, height, format } = decoded.info;
      return { record, width, height, format };
    });
    this.#decoding = seen.catch(() => undefined);
    return seen;
  }

  /** Predicts one record: uint8 [3, S, S], planar RGB, S the model's image size. */
  async predictRecord(record: Uint8Array): Promise<Prediction> {
    const [prediction] = await this.predictRecords(record);
    if (prediction === undefined) throw new Error('predicting one record gave none');
    return prediction;
  }

  /** Predicts records laid end to end: uint8 [N, 3, S, S]. One model run; N = 0 gives []. */
  async predictRecords(records: Uint8Array): Promise<Prediction[]> {
    const size = this.metadata.preprocessing.imageSizePx;
    const count = records.length / this.recordBytes;
    if (!Number.isInteger(count))
      throw new PawprintError('SCORES_INVALID', {
        message: 'the records do not fit the model',
        expected: `a multiple of ${this.recordBytes} bytes (3 × ${size} × ${size} each)`,
        received: `${records.length} bytes`,
      });
    const tensor = new Float32Array(records.length); // [N, 3, S, S]
    for (let at = 0; at < records.length; at += this.recordBytes)
      this.writeTensor(records.subarray(at, at + this.recordBytes), tensor.subarray(at, at + this.recordBytes));
    return this.predictTensor(tensor);
  }

  /** Normalises one record into `target`, float32 [3, S, S]: what the model itself takes. */
  writeTensor(record: Uint8Array, target: Float32Array): void {
    tensorFromRecord(record, this.metadata.preprocessing, target, 0);
  }

  /**
   * Predicts what the model itself takes: normalised float32 [N, 3, S, S], planar RGB, (pixel − mean) / std on the 0–255
   * scale. The answers are those of predictRecords for the same photos. One model run; N = 0 gives []. Throws
   * SCORES_INVALID for a length that is no whole number of photos and for a number that is not finite.
   */
  async predictTensor(image: Float32Array): Promise<Prediction[]> {
    return (await this.#run(image, [])).predictions;
  }

  /** The same, with the features that the last layer stands on, [N, d] row after row; null of a model that gives none. */
  async predictWithFeatures(image: Float32Array): Promise<PredictionsWithFeatures> {
    const gives = this.#session.outputNames.includes('features');
    return this.#run(image, gives ? ['features'] : []);
  }

  async #run(image: Float32Array, more: readonly string[]): Promise<PredictionsWithFeatures> {
    const size = this.metadata.preprocessing.imageSizePx;
    const count = this.checkTensor(image);
    if (count === 0) return { predictions: [], features: null };
    const wanted = this.metadata.familiarity === undefined ? ['logits'] : ['logits', 'familiarity'];
    const { logits, familiarity, features } = await this.#session.run(
      { image: { data: image, dims: [count, 3, size, size] } },
      [...wanted, ...more],
    );
    if (!(logits?.data instanceof Float32Array)) throw this.#modelError('gave no logits', 'float32 logits');
    const scores = familiarity?.data instanceof Float32Array ? familiarity.data : undefined;
    return {
      predictions: this.#readLogits(logits.data, count, scores),
      features: features?.data instanceof Float32Array ? features.data : null,
    };
  }

  /**
   * Asks the model its known answer by the way of predictBytes: `proven` when the logits are those stored in its file,
   * `absent` when the file has none. Throws MODEL_INVALID when they are others (the file, or this machine, is not to
   * be trusted with photos), and as predictBytes does when the stored picture cannot be read.
   */
  async proveKnownAnswer(): Promise<'proven' | 'absent'> {
    const { knownAnswer } = this.metadata;
    if (knownAnswer === undefined) return 'absent';
    const { logits } = await this.predictBytes(Buffer.from(knownAnswer.image, 'base64'));
    if (isKnownAnswer(logits, knownAnswer)) return 'proven';
    throw new PawprintError('MODEL_INVALID', {
      message: `the model ${this.path} does not give its known answer`,
      expected: `logits ${knownAnswer.logits.join(', ')}, each within ${knownAnswer.tolerance}`,
      received: `logits ${logits.join(', ')}`,
      hint: 'Its weights or preprocessing are those of another model, or the runtime errs here: copy it again or train anew.',
    });
  }

  /**
   * Predicts photos as they come, answers in the order of the inputs, bad photos as errors in their place. Decodes on
   * worker threads; memory does not grow with the number of photos. Throws CANCELLED when `signal` aborts.
   */
  async *predictMany(
    inputs: AsyncIterable<PhotoInput> | Iterable<PhotoInput>,
    { batchSize = 32, workers, signal }: PredictManyOptions = {},
  ): AsyncGenerator<PhotoPrediction> {
    const settings = this.metadata.preprocessing;
    const decoded = decodePhotos(inputs, {
      settings,
      ...(workers === undefined ? {} : { workers }),
      ...(signal === undefined ? {} : { signal }),
    });
    const records = new Uint8Array(batchSize * this.recordBytes);
    let waiting: ({ input: PhotoInput; md5: string } | { input: PhotoInput; error: PawprintError })[] = [];
    let filled = 0;
    const flush = async (): Promise<PhotoPrediction[]> => {
      const predictions = (await this.predictRecords(records.subarray(0, filled * this.recordBytes))).values();
      const answers = waiting.map((photo): PhotoPrediction => {
        if ('error' in photo) return photo;
        const { value } = predictions.next();
        if (value === undefined) throw new Error('the model answered for too few photos');
        return { ...photo, prediction: value };
      });
      waiting = [];
      filled = 0;
      return answers;
    };
    for await (const photo of decoded) {
      if ('error' in photo) waiting.push(photo);
      else {
        records.set(photo.record, filled++ * this.recordBytes);
        waiting.push({ input: photo.input, md5: photo.md5 });
      }
      // The second bound is for a folder of nothing but bad files: they too are reported as they come.
      if (filled === batchSize || waiting.length >= 4 * batchSize) yield* await flush();
      checkCancelled(signal);
    }
    yield* await flush();
  }

  /** How many rows it has; throws as predictTensor does. */
  checkTensor(image: Float32Array): number {
    const size = this.metadata.preprocessing.imageSizePx;
    const count = image.length / this.recordBytes; // as many numbers as a record has bytes
    if (!Number.isInteger(count))
      throw new PawprintError('SCORES_INVALID', {
        message: 'the tensor does not fit the model',
        expected: `a multiple of ${this.recordBytes} numbers (3 × ${size} × ${size} each)`,
        received: `${image.length} numbers`,
      });
    const odd = firstNotFinite(image);
    if (odd !== undefined)
      throw new PawprintError('SCORES_INVALID', {
        message: 'the tensor has a number that is not finite',
        expected: 'finite float32 numbers: (pixel − mean) / std',
        received: `${image[odd]} at index ${odd}`,
      });
    return count;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  #readLogits(values: Float32Array, count: number, scores: Float32Array | undefined): Prediction[] {
    const { classNames, temperature } = this.metadata;
    const width = values.length / count;
    if (width !== classNames.length && !(width === 1 && classNames.length === 2))
      throw this.#modelError(`gave ${width} logits a photo`, `${classNames.length} classes: ${classNames.join(', ')}`);
    if (!values.every(Number.isFinite)) throw this.#modelError('gave a logit that is not finite', 'finite logits');
    const logits = { values, width };
    const probabilities = probabilitiesFromLogits(logits, classNames.length, temperature);
    return Array.from(predictedLabels(logits, classNames.length), (labelIndex, row) => {
      const own = probabilities.subarray(row * classNames.length, (row + 1) * classNames.length);
      const confidence = own[labelIndex] ?? 0;
      const familiarity = scores?.[row] ?? null;
      return {
        label: classNames[labelIndex] ?? '',
        labelIndex,
        confidence,
        decision: decide(this.metadata, confidence, familiarity),
        familiarity,
        probabilities: Object.fromEntries(classNames.map((name, c) => [name, own[c] ?? 0])),
        logits: [...values.subarray(row * width, (row + 1) * width)],
      };
    });
  }

  #modelError(what: string, expected: string): PawprintError {
    return new PawprintError('MODEL_INVALID', {
      message: `the model ${this.path} ${what}`,
      expected,
      hint: 'The file may be damaged, or its metadata of another model: train or export it again.',
    });
  }
}

/** A loop, because a callback for each number would take a tenth of the time that the model does. */
function firstNotFinite(numbers: Float32Array): number | undefined {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return i;
  return undefined;
}

/** What the model says in one word: the label where it stands by it, else `unsure` or `neither`. */
export function statedAnswer({ label, decision }: Pick<Prediction, 'label' | 'decision'>): string {
  return decision === 'sure' ? label : decision;
}

/** A photo of something else is no question of confidence, so familiarity is asked first. */
function decide({ abstention, familiarity }: ModelMetadata, confidence: number, score: number | null): Decision {
  if (familiarity !== undefined && score !== null && score < familiarity.threshold) return 'neither';
  return abstention && confidence < abstention.threshold ? 'unsure' : 'sure';
}
