// Reading the model file: one ONNX file with weights, preprocessing, class names, metrics and lineage in its metadata.
// A narrow door of models: who serves a model needs neither graphs nor networks.
import { readFile } from 'node:fs/promises';
import { asPawprintError, hashBytes, PawprintError } from '../core/index.ts';
import { inspectOnnx, type OnnxSummary } from '../graph/onnx-inspect.ts';
import { type ModelMetadata, modelMetadataSchema } from './model-metadata.ts';

export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly metadata: ModelMetadata;
  /** Of the whole file. */
  readonly sha256: string;
  /** Of the weights alone, checked against the file's own record. */
  readonly weightsSha256: string;
}

/** Where metadata and the weights' hash stand in the ONNX metadata. */
export const metadataKey = 'pawprint';
export const weightsKey = 'pawprint.weights_sha256';

/**
 * Reads and checks a model file. Throws FILE_NOT_FOUND, and MODEL_INVALID for a file that is truncated, not ONNX,
 * not made by Pawprint, damaged (weights do not match their recorded hash) or kept partly in other files.
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw asPawprintError(error, `reading the model file ${path}`);
  }
  return decodeModelFile(bytes, path);
}

/** The same for bytes in memory; `what` names them in errors. */
export function decodeModelFile(bytes: Uint8Array, what: string): ModelFile {
  const summary = inspectOnnx(bytes, what);
  refuseExternalData(summary, what);
  const metadata = parseMetadata(summary, what);
  if (summary.weightsSha256 !== summary.metadata[weightsKey])
    throw new PawprintError('MODEL_INVALID', {
      message: `the weights of ${what} are not those that were written`,
      expected: `SHA-256 ${summary.metadata[weightsKey] ?? '(none recorded)'}`,
      received: `SHA-256 ${summary.weightsSha256}`,
      hint: 'The file was changed or damaged: copy it again or train anew.',
    });
  return { bytes, metadata, sha256: hashBytes('sha256', bytes), weightsSha256: summary.weightsSha256 };
}

function refuseExternalData(summary: OnnxSummary, what: string): void {
  if (summary.externalFiles.length === 0) return;
  throw new PawprintError('MODEL_INVALID', {
    message: `${what} keeps weights in other files, which Pawprint does not open`,
    expected: 'a self-contained ONNX file',
    received: `external data in ${summary.externalFiles.slice(0, 3).join(', ')}`,
    hint: 'Save the model as one file (onnx.save_model with save_as_external_data=False).',
  });
}

function parseMetadata(summary: OnnxSummary, what: string): ModelMetadata {
  const text = summary.metadata[metadataKey];
  if (text === undefined)
    throw new PawprintError('MODEL_INVALID', {
      message: `${what} is an ONNX file, but not one of Pawprint's`,
      expected: `a \`${metadataKey}\` entry in its metadata`,
      received: `inputs ${summary.inputNames.join(', ')}; outputs ${summary.outputNames.join(', ')}`,
      hint: 'Use a file that `pawprint train` wrote; the file may also be truncated.',
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const parsed = modelMetadataSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PawprintError('MODEL_INVALID', {
    message: `the metadata of ${what} cannot be read`,
    expected: 'metadata of schema version 1',
    received: issue === undefined ? 'damaged JSON' : `${issue.path.join('.')}: ${issue.message}`,
    hint: 'It may come from a newer Pawprint: update, or train anew.',
  });
}
