// Checkpoints: everything that a run needs to go on, in one safetensors file, written whole after each epoch.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { asPawprintError, PawprintError, writeFileAtomic } from '../core/index.ts';
import { readSafetensors, type TensorLiteral, writeSafetensors } from '../graph/index.ts';
import { epochRecordSchema } from './history.ts';
import type { StepperState } from './stepper.ts';

const checkpointSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Epochs completed. */
  epoch: z.int().min(0),
  step: z.int().min(0),
  /** What must be equal for a run to go on: model, parameters, data. */
  identity: z.record(z.string(), z.unknown()),
  history: z.array(epochRecordSchema),
  /** The epoch with the lowest validation loss so far. */
  best: z.strictObject({ epoch: z.int(), validationLoss: z.number() }).nullable(),
});
export type CheckpointHeader = Readonly<z.infer<typeof checkpointSchema>>;

export interface Checkpoint {
  readonly header: CheckpointHeader;
  readonly state: StepperState;
}

const headerKey = 'pawprint.checkpoint';

/** Writes a checkpoint atomically. */
export async function writeCheckpoint(path: string, { header, state }: Checkpoint): Promise<void> {
  const vector = (data: Float32Array<ArrayBuffer>): TensorLiteral => ({ dtype: 'float32', dims: [data.length], data });
  const tensors: Record<string, TensorLiteral> = {
    parameters: vector(state.weights.parameters),
    statistics: vector(state.weights.statistics),
  };
  if (state.average !== undefined) {
    tensors['average.parameters'] = vector(state.average.parameters);
    tensors['average.statistics'] = vector(state.average.statistics);
  }
  for (const [name, data] of Object.entries(state.optimiser)) tensors[`optimiser.${name}`] = vector(data);
  await writeFileAtomic(path, writeSafetensors(tensors, { [headerKey]: JSON.stringify(header) }));
}

/** Reads a checkpoint; CHECKPOINT_INVALID when it is damaged or of another version. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw asPawprintError(error, `reading the checkpoint ${path}`);
  }
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    const header = checkpointSchema.parse(JSON.parse(metadata[headerKey] ?? 'null'));
    const vector = (name: string): Float32Array<ArrayBuffer> => {
      const tensor = tensors[name];
      if (tensor?.dtype !== 'float32') throw new Error(`tensor ${name} is missing`);
      return Float32Array.from(tensor.data);
    };
    const optimiser = Object.keys(tensors).filter((name) => name.startsWith('optimiser.'));
    return {
      header,
      state: {
        weights: { parameters: vector('parameters'), statistics: vector('statistics') },
        ...(tensors['average.parameters'] === undefined
          ? {}
          : { average: { parameters: vector('average.parameters'), statistics: vector('average.statistics') } }),
        optimiser: Object.fromEntries(optimiser.map((name) => [name.slice('optimiser.'.length), vector(name)])),
        step: header.step,
      },
    };
  } catch (error) {
    throw new PawprintError('CHECKPOINT_INVALID', {
      message: `the checkpoint ${path} cannot be read`,
      expected: 'a checkpoint of schema version 1',
      received: error instanceof Error ? error.message.slice(0, 200) : String(error),
      hint: 'Delete it and train from the start (without --resume).',
      cause: error,
    });
  }
}

/** CHECKPOINT_INVALID, naming the first difference, when a checkpoint belongs to another run than `identity`. */
export function requireSameRun(header: CheckpointHeader, identity: Readonly<Record<string, unknown>>): void {
  const keys = [...new Set([...Object.keys(header.identity), ...Object.keys(identity)])];
  const changed = keys.find((key) => JSON.stringify(header.identity[key]) !== JSON.stringify(identity[key]));
  if (changed === undefined) return;
  throw new PawprintError('CHECKPOINT_INVALID', {
    message: `the checkpoint belongs to another run: ${changed} differs`,
    expected: show(header.identity[changed]),
    received: show(identity[changed]),
    hint: 'Resume with the same parameters and data, or train from the start (without --resume).',
  });
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
