// What the commands that train share: where the model goes, who made it, how sure it may be.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { PawprintError } from '../../core/index.ts';
import type { ModelMetadata } from '../../models/index.ts';
import type { CommandContext } from '../command.ts';

/** Flags of every way to train. */
export interface TrainingOptions {
  readonly data: string;
  readonly out?: string | undefined;
  readonly params?: string | undefined;
  readonly set: readonly string[];
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
}

/** The absolute path of a model file to write; USAGE unless it ends in .onnx. */
export function modelPath(cwd: string, out: string): string {
  if (out.endsWith('.onnx')) return resolve(cwd, out);
  throw new PawprintError('USAGE', {
    message: 'the model file must end in .onnx',
    expected: '--out models/name.onnx',
    received: `--out ${out}`,
  });
}

/** Who made the model, from what: goes into its metadata. */
export async function lineageOf(context: CommandContext, { command, seed }: { command: string; seed: number }) {
  const commit = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: context.cwd }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
  return {
    createdAt: context.now().toISOString(),
    pawprintVersion: context.version,
    gitCommit: commit,
    command,
    seed,
  };
}

/** One line on how sure the model may be: temperature, and when it says "unsure" or "neither". */
export function describeConfidence({ temperature, abstention, familiarity, metrics }: ModelMetadata): string {
  const percent = (share: number | undefined): string => `${(100 * (share ?? NaN)).toFixed(1)} %`;
  const parts = [
    `temperature ${temperature.toFixed(2)} (calibration error ${percent(metrics['calibration.eceBefore'])} before, ${percent(metrics['calibration.eceAfter'])} after)`,
  ];
  if (abstention)
    parts.push(
      `unsure below ${percent(abstention.threshold)}: errors at most ${percent(abstention.errorBound)} of the answers (with ${100 * abstention.level} % confidence), ${percent(abstention.coverage)} answered`,
    );
  if (familiarity !== undefined)
    parts.push(
      `neither below a familiarity of ${familiarity.threshold.toPrecision(2)} (${percent(familiarity.falseAlarmRate)} false alarms)`,
    );
  return parts.join('; ');
}
