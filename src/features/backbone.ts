// Opens a pretrained backbone: the one in the box, or any ONNX file, with the settings in the JSON beside it. What comes
// out is checked: one photo in, features out, every operator known.
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asPawprintError, hashBytes, hashFile, PawprintError } from '../core/index.ts';
import { checkGraph, type Graph, inspectOnnx, readOnnx, type Shape } from '../graph/index.ts';
import { type Preprocessing, preprocessingSchema } from '../image/index.ts';
import { findClassLogits, findFeatureMap, findFeatures } from './backbone-values.ts';
import { readSidecar, type Sidecar } from './sidecar.ts';

/** A pretrained network, its graph read and its settings known. */
export interface Backbone {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /** SPDX name; null: nobody said. */
  readonly licence: string | null;
  /** Where it comes from; null: nobody said. */
  readonly source: string | null;
  /** Of the file, and of the files that its numbers lie in where it has such. */
  readonly sha256: string;
  /** One input [N, 3, S, S], N free. */
  readonly graph: Graph;
  /** What photos must go through before `graph`. */
  readonly preprocessing: Preprocessing;
  /** Name of the value of `graph` that gives the features, float32 [N, featureCount]. */
  readonly featuresOutput: string;
  readonly featureCount: number;
  /** Name of the value that gives the logits [N, classCount] of the classes it was trained on; null: none. */
  readonly classLogitsOutput: string | null;
  /** 0 where there are no class logits. */
  readonly classCount: number;
  /** Name of the value [N, C, H, W] that the last pooling over the picture takes the mean of; null: none. */
  readonly featureMapValue: string | null;
}

/** Mean and deviation of ImageNet's photos (0.485, … and 0.229, … of 255), which most backbones are trained with. */
const imageNet = {
  fit: 'crop',
  filter: 'bilinear',
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
} as const satisfies Omit<Preprocessing, 'imageSizePx'>;

/** The backbone that comes with Pawprint: EfficientNet-Lite0 in 8 bits. */
export function defaultBackbonePath(): string {
  return fileURLToPath(new URL('../../assets/backbones/efficientnet-lite0.int8.onnx', import.meta.url));
}

/**
 * Opens the backbone at `path`, or the one in the box. Settings come from the JSON beside it (`x.onnx`, `x.json`; see
 * sidecar.ts); without one: ImageNet's mean and deviation, centre crop, the size that the graph states, the features
 * found as `findFeatures` says. Throws FILE_NOT_FOUND; MODEL_INVALID (not ONNX, truncated, data outside its folder, an
 * input other than [N, 3, S, S], a size that nothing states, no features); OPERATOR_UNSUPPORTED, naming operator and
 * node; GRAPH_INVALID; CONFIG_INVALID (the JSON); CHECKSUM_MISMATCH (the file is not the one that the JSON describes).
 */
export async function openBackbone(path?: string): Promise<Backbone> {
  const absolute = resolve(path ?? defaultBackbonePath());
  const what = `the backbone ${absolute}`;
  const bytes = await readFile(absolute).catch((error: unknown) => {
    throw asPawprintError(error, `reading ${what}`);
  });
  const sidecar = await readSidecar(absolute);
  const { inputShapes, externalFiles } = inspectOnnx(bytes, what);
  const ownSha256 = hashBytes('sha256', bytes);
  checkSha256(ownSha256, sidecar, what);
  const imageSizePx = inputSize(inputShapes, sidecar, what);
  const externalDataDirectory = dirname(absolute);
  const read = readOnnx(bytes, { what, batch: 'N', imageSizePx, externalDataDirectory });
  checkInputType(read.graph, what);
  const { graph, value: features } = findFeatures(checkGraph(read.graph), sidecar?.outputs.features, what);
  const classLogits = findClassLogits(graph, sidecar?.outputs.classLogits, what);
  return {
    path: absolute,
    name: sidecar?.name ?? basename(absolute).replace(/\.onnx$/i, ''),
    licence: sidecar?.licence ?? null,
    source: sidecar?.source ?? null,
    sha256: await withExternal(ownSha256, externalFiles, externalDataDirectory),
    graph,
    preprocessing: preprocessingSchema.parse({ ...imageNet, ...sidecar?.preprocessing, imageSizePx }),
    featuresOutput: features.name,
    featureCount: Number(features.shape[1]),
    classLogitsOutput: classLogits?.name ?? null,
    classCount: Number(classLogits?.shape[1] ?? 0),
    featureMapValue: findFeatureMap(graph, features)?.name ?? null,
  };
}

function checkSha256(sha256: string, sidecar: Sidecar | undefined, what: string): void {
  if (sidecar?.sha256 === undefined || sidecar.sha256 === sha256) return;
  throw new PawprintError('CHECKSUM_MISMATCH', {
    message: `${what} is not the file that the JSON beside it describes`,
    expected: `SHA-256 ${sidecar.sha256}`,
    received: `SHA-256 ${sha256}`,
    hint: 'Copy the file again, or correct "sha256" in the JSON.',
  });
}

/** Side of the square input, pixels: as the graph states it, else as the JSON does. */
function inputSize(shapes: Readonly<Record<string, Shape>>, sidecar: Sidecar | undefined, what: string): number {
  const [shape, ...others] = Object.values(shapes);
  const told = sidecar?.preprocessing.imageSizePx;
  const [, channels, height, width] = shape ?? [];
  const size = typeof height === 'number' ? height : typeof width === 'number' ? width : told;
  const isPhoto = shape?.length === 4 && (typeof channels === 'string' || channels === 3) && others.length === 0;
  const isSquare = (typeof height === 'string' || height === size) && (typeof width === 'string' || width === size);
  const received = Object.entries(shapes).map(([name, dims]) => `${name} [${dims.map((d) => d || '?').join(', ')}]`);
  const invalid = (problem: string, expected: string, hint: string): PawprintError =>
    new PawprintError('MODEL_INVALID', {
      message: `${what} ${problem}`,
      expected,
      received: received.join(', ') || 'no input',
      hint,
    });
  if (!isPhoto || !isSquare)
    throw invalid(
      'does not take photos as its only input',
      'one input [N, 3, S, S]: RGB, channels first, square',
      'Export the network alone, with channels first and without other inputs.',
    );
  if (size === undefined)
    throw invalid(
      'leaves the size of its photos open',
      'a fixed size, or {"preprocessing": {"imageSizePx": …}} in the JSON beside it',
      'Write that JSON, or export the network with a fixed size.',
    );
  if (size < 8 || size > 1024)
    throw invalid('takes photos of an unusual size', '8 to 1024 pixels', 'Export the network for another size.');
  if (told !== undefined && told !== size)
    throw invalid(
      'takes photos of another size than the JSON beside it says',
      `imageSizePx ${size}`,
      'Correct the JSON, or export the network for that size.',
    );
  return size;
}

function checkInputType({ inputs }: Graph, what: string): void {
  const dtype = inputs[0]?.dtype;
  if (dtype === 'float32') return;
  throw new PawprintError('MODEL_INVALID', {
    message: `${what} does not take numbers of the right type`,
    expected: 'a float32 input [N, 3, S, S]',
    received: dtype ?? 'no input',
    hint: 'Export the network without the conversion from bytes.',
  });
}

async function withExternal(sha256: string, files: readonly string[], directory: string): Promise<string> {
  if (files.length === 0) return sha256;
  const names = [...new Set(files)].sort();
  const hashes = await Promise.all(names.map((name) => hashFile('sha256', resolve(directory, name))));
  return hashBytes('sha256', [sha256, ...hashes].join('\n'));
}
