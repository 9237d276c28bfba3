// Which model a command uses when none is named: the user's own in models/, else the one in the box.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { CommandContext } from './command.ts';

/** Where `pawprint train` writes unless told, the surest kind first. */
const ownModels = ['models/transfer.onnx', 'models/cnn.onnx'] as const;

/** Cats against dogs, by transfer: works without any training. */
export function boxModelPath(): string {
  return fileURLToPath(new URL('../../models/cats-vs-dogs/transfer.onnx', import.meta.url));
}

export const modelFlag = z
  .string()
  .optional()
  .describe(`model file (${ownModels.join(' or ')} where there is one, else the model in the box: cats against dogs)`);

/** The absolute path of the model to use; says on stderr when it is the one in the box. */
export function findModel(model: string | undefined, { cwd, stderr }: CommandContext): string {
  if (model !== undefined) return resolve(cwd, model);
  const own = ownModels.map((path) => resolve(cwd, path)).find((path) => existsSync(path));
  if (own !== undefined) return own;
  stderr.write('pawprint: no model in models/: using the one in the box (cats against dogs)\n');
  return boxModelPath();
}
