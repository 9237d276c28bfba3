// The explainer: a model file's answers together with the places of the photo that they rest on. Everything comes from
// the model file; no file is touched once it is loaded.
import { matchClass, PawprintError } from '../../core/index.ts';
import { readOnnx, writeOnnx } from '../../graph/index.ts';
import {
  createDecoder,
  createPreprocessor,
  createShrinker,
  type ImageLimits,
  type Pixels,
  resizePixels,
  tensorFromRecord,
} from '../../image/index.ts';
import { type ModelFile, type ModelMetadata, readModelFile } from '../../models/index.ts';
import { createSession, defaultThreads, type Session } from '../../runtime/index.ts';
import { type Prediction, Predictor } from '../predictor.ts';
import { buildExplanationGraph, type ExplanationGraph } from './explanation-graph.ts';
import type { ExplanationMethod } from './feature-map.ts';
import { explanationDetail, explanationTitle } from './explanation-words.ts';
import { drawOverlay } from './overlay.ts';
import { type HeatMap, mapOntoPhoto, type Peak, peakOf, seenPart } from './photo-map.ts';

/** Overlays are at most this long on their longer side, and at least that long. */
const [longestSidePx, shortestSidePx] = [1024, 320];

export interface ExplainOptions {
  /** The class that is asked for; the predicted one unless told. */
  readonly labelIndex?: number | undefined;
  /** Of the picture; explainPhoto alone looks at them. */
  readonly limits?: ImageLimits;
}

export interface RecordExplanation {
  readonly prediction: Prediction;
  /** The class that the map speaks of. */
  readonly labelIndex: number;
  /**
   * [height × width] over the model's square input, in units of the logit: above zero speaks for the class, below
   * against it (of two classes: for the other). Not rectified; Grad-CAM's picture is its positive part.
   */
  readonly map: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly method: ExplanationMethod;
  /**
   * Whether map and offset add up to the logit, up to float32's rounding: mean(map) + offset for `cam`, sum(map) + offset
   * for `pixel-contribution`. A `cam` whose pooled features are rounded to 8 bits adds up only nearly: false.
   */
  readonly exact: boolean;
  /** Of the class, before the temperature; of two classes: the logit of classNames[1], negated for classNames[0]. */
  readonly logit: number;
  /** The logit without any feature (the bias); null for `grad-cam`, which has none. */
  readonly offset: number | null;
}

export interface PhotoExplanation extends RecordExplanation {
  /** Of the upright photo, pixels. */
  readonly photoWidth: number;
  readonly photoHeight: number;
  /**
   * The map laid over the upright photo, at the overlay's size; signed; 0 where the model did not look. The offset is
   * spread evenly over it, so that a value is above zero where the place by itself speaks for the class.
   */
  readonly heat: HeatMap;
  /** Where the most speaks for the class; null when nothing does. */
  readonly peak: Peak | null;
  /** A PNG: the photo with the heat that speaks for the class, and a legend. */
  overlay(): Promise<Uint8Array>;
}

export interface Explainer {
  readonly metadata: ModelMetadata;
  readonly method: ExplanationMethod;
  readonly exact: boolean;
  /** Label of a class by its name (any case, singular or plural); throws USAGE for an unknown one. */
  labelOf(className: string): number;
  /** Explains one record: uint8 [3, S, S], planar RGB. Throws SCORES_INVALID for another length, USAGE for a label. */
  explainRecord(record: Uint8Array, options?: ExplainOptions): Promise<RecordExplanation>;
  /** Explains one encoded picture; also throws IMAGE_UNREADABLE, IMAGE_UNSUPPORTED or IMAGE_TOO_LARGE. */
  explainPhoto(bytes: Uint8Array, options?: ExplainOptions): Promise<PhotoExplanation>;
  /** Frees the memory of both sessions. */
  close(): Promise<void>;
}

export interface ExplainerOptions {
  /** Threads inside one operator; every core unless told. */
  readonly threads?: number | undefined;
  /** What errors call a model that is given in memory. */
  readonly name?: string;
}

/**
 * Opens a model file, by path or in memory. Throws FILE_NOT_FOUND, and MODEL_INVALID for what is no model file or one
 * that there is nothing to explain by (see findTail).
 */
export async function createExplainer(model: string | ModelFile, options: ExplainerOptions = {}): Promise<Explainer> {
  const name = typeof model === 'string' ? model : (options.name ?? 'the model');
  const file = typeof model === 'string' ? await readModelFile(model) : model;
  const threads = options.threads ?? defaultThreads();
  const predictor = await Predictor.open(file, name, { threads });
  try {
    const { graph } = readOnnx(file.bytes, { what: name, batch: 1 });
    const explanation = buildExplanationGraph(graph, name);
    const session = await createSession(writeOnnx(explanation.graph), { threads });
    return new ModelExplainer(predictor, session, explanation);
  } catch (error) {
    await predictor.close();
    throw error;
  }
}

/** A photo as the explainer needs it: the model's record, and a copy to draw on. */
interface DecodedPhoto {
  readonly record: Uint8Array;
  readonly shown: Pixels;
  readonly width: number;
  readonly height: number;
}

class ModelExplainer implements Explainer {
  readonly #predictor: Predictor;
  readonly #session: Session;
  readonly #graph: ExplanationGraph;

  constructor(predictor: Predictor, session: Session, graph: ExplanationGraph) {
    this.#predictor = predictor;
    this.#session = session;
    this.#graph = graph;
  }

  get metadata(): ModelMetadata {
    return this.#predictor.metadata;
  }
  get method(): ExplanationMethod {
    return this.#graph.method;
  }
  get exact(): boolean {
    return this.#graph.exact;
  }

  labelOf(className: string): number {
    const { classNames } = this.metadata;
    const label = matchClass(className, classNames);
    if (label !== null) return label;
    throw unknownClass(className, classNames);
  }

  async explainRecord(record: Uint8Array, { labelIndex }: ExplainOptions = {}): Promise<RecordExplanation> {
    const { classNames, preprocessing } = this.metadata;
    if (labelIndex !== undefined && classNames[labelIndex] === undefined)
      throw unknownClass(`number ${labelIndex}`, classNames);
    const prediction = await this.#predictor.predictRecord(record);
    const label = labelIndex ?? prediction.labelIndex;
    const { imageSizePx: size } = preprocessing;
    const image = new Float32Array(record.length);
    tensorFromRecord(record, preprocessing, image, 0);
    const outputs = await this.#session.run({ image: { data: image, dims: [1, 3, size, size] } });
    const { height, width, method, exact } = this.#graph;
    // One logit for two classes speaks for the second; for the first it is turned round.
    const single = prediction.logits.length === 1;
    const [column, sign] = single ? [0, label === 1 ? 1 : -1] : [label, 1];
    const cells = height * width;
    const map = floats(outputs['maps']?.data).slice(column * cells, (column + 1) * cells);
    if (sign < 0) for (let i = 0; i < cells; i++) map[i] = -(map[i] ?? 0);
    const at = (name: string): number => sign * (floats(outputs[name]?.data)[column] ?? NaN);
    const offset = method === 'grad-cam' ? null : at('offsets');
    return { prediction, labelIndex: label, map, height, width, method, exact, logit: at('logits'), offset };
  }

  async explainPhoto(bytes: Uint8Array, options: ExplainOptions = {}): Promise<PhotoExplanation> {
    const { classNames, preprocessing: settings } = this.metadata;
    const { record, shown, ...photo } = await this.#decode(bytes, options.limits);
    const explanation = await this.explainRecord(record, options);
    const { width, height } = explanation;
    const values = withOffset(explanation);
    const heat = mapOntoPhoto({ values, width, height }, { photo, settings, target: shown });
    const seen = seenPart(photo, settings);
    return {
      ...explanation,
      photoWidth: photo.width,
      photoHeight: photo.height,
      heat,
      peak: peakOf(heat),
      overlay: () =>
        drawOverlay({
          photo: shown,
          heat,
          hottest: strongest(values),
          seen,
          title: explanationTitle(explanation, classNames),
          detail: explanationDetail(explanation, classNames),
        }),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#predictor.close(), this.#session.release()]);
  }

  /** Memory of its own for each photo: calls may overlap. */
  async #decode(bytes: Uint8Array, limits: ImageLimits = {}): Promise<DecodedPhoto> {
    const preprocessor = createPreprocessor(this.metadata.preprocessing);
    const look = ({ pixels }: { readonly pixels: Pixels }): DecodedPhoto => ({
      record: preprocessor.recordFromPixels(pixels),
      shown: showable(pixels),
      width: pixels.width,
      height: pixels.height,
    });
    return createDecoder().use(bytes, look, limits);
  }
}

/** The map with the offset spread evenly: an equal part of the sum, or the same for the mean. */
function withOffset({ map, offset, method }: RecordExplanation): Float32Array {
  const share = (offset ?? 0) / (method === 'pixel-contribution' ? map.length : 1);
  return map.map((value) => value + share);
}

/** The largest value, for or against: what little speaks for an unlikely class is then drawn as little. */
function strongest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** A copy of the photo, shrunk or enlarged to a size to look at. */
function showable(pixels: Pixels): Pixels {
  const { width, height, data } = pixels;
  const longer = Math.max(width, height);
  if (longer > longestSidePx) return createShrinker().shrink(pixels, longestSidePx);
  if (longer >= shortestSidePx) return { width, height, data: Uint8Array.from(data.subarray(0, 3 * width * height)) };
  const enlarged = (side: number): number => Math.max(1, Math.round((side * shortestSidePx) / longer));
  return resizePixels(pixels, { width: enlarged(width), height: enlarged(height) });
}

function floats(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Error('an explanation graph gives float32 numbers');
}

function unknownClass(received: string, classNames: readonly string[]): PawprintError {
  return new PawprintError('USAGE', {
    message: `the model does not know the class ${received}`,
    expected: classNames.join(', '),
    received,
    hint: 'Name one of its classes, or leave it out to explain what the model says.',
  });
}
