// The flags that commands which speak to a running service have in common.
import { z } from 'zod';
import { PawprintError } from '../core/index.ts';
import type { CommandContext } from './command.ts';

export const urlFlag = z
  .string()
  .min(1)
  .default('http://127.0.0.1:8000')
  .describe('address of the service, with the path where it stands below one');

export const photosFlag = z
  .string()
  .optional()
  .describe('folder with a folder of photos for each class; the pictures in the box (cats, dogs) unless told');

export const apiKeyFlag = z
  .string()
  .optional()
  .describe('key of the service; better in the variable PAWPRINT_API_KEY, which no list of processes shows');

export const timeoutFlag = z.coerce.number().int().min(1).max(600_000);

/** The key from the flag or the environment. Throws USAGE for one that cannot stand in a header, without repeating it. */
export function findApiKey(flag: string | undefined, { env }: CommandContext): string | undefined {
  const key = flag ?? env['PAWPRINT_API_KEY'];
  if (key === undefined || key === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new PawprintError('USAGE', {
    message: 'the API key holds characters that no key has',
    expected: 'printable ASCII characters without spaces',
    hint: 'Look for a line end or a quotation mark at its end.',
  });
}
