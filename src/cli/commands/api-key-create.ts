// pawprint api-key create: a new key for the service, printed this once.
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import { defineCommand } from '../command.ts';
import { keyFileFlag, keyNameFlag } from '../key-file-option.ts';

const dayMs = 86_400_000;

export default defineCommand({
  name: 'api-key create',
  summary: 'make an API key for the service',
  description:
    'Prints a new key of 256 random bits, this once, and adds its SHA-256 to the key file that `pawprint serve --api-keys` ' +
    'takes; a running service knows it within seconds. Scope predict: /predict, /v2/models/…/infer, /feedback. Scope ' +
    'admin: /admin. Give each client a key of its own, so that each can be revoked alone.',
  examples: [
    'pawprint api-key create --name shop',
    'pawprint api-key create --name deploy --scope admin --expires 90',
    'pawprint api-key create --file /etc/pawprint/keys.json --name ops --scope predict,admin --json',
  ],
  options: z.strictObject({
    file: keyFileFlag,
    name: keyNameFlag,
    scope: z.string().default('predict').describe('what it may do: predict, admin, or predict,admin'),
    expires: z.coerce.number().positive().max(36_500).optional().describe('days until it expires; never unless told'),
  }),
  run: async ({ options: { file, name, scope, expires }, context }) => {
    const { addKey, formatKey, keyBytes, keyScopes } = await import('../../api/index.ts');
    const words = scope.split(',').map((word) => word.trim());
    const scopes = keyScopes.filter((each) => words.includes(each));
    const unknown = words.find((word) => !keyScopes.some((each) => each === word));
    if (unknown !== undefined)
      throw new PawprintError('USAGE', {
        message: '--scope has a value that does not fit',
        expected: 'predict, admin, or predict,admin',
        received: unknown,
      });
    const key = formatKey(randomBytes(keyBytes));
    const createdAt = context.now();
    const expiresAt = expires === undefined ? undefined : new Date(createdAt.getTime() + expires * dayMs);
    const entry = await addKey(resolve(context.cwd, file), { name, key, scopes, createdAt, expiresAt });
    const until = entry.expiresAt === undefined ? 'until it is revoked' : `until ${entry.expiresAt.slice(0, 10)}`;
    return {
      json: { name, key, scopes, createdAt: entry.createdAt, expiresAt: entry.expiresAt ?? null, file },
      text:
        `${key}\n\nThe key of ${name}, for ${scopes.join(' and ')}, good ${until}. It is shown this once: ${file} holds only its hash.\n` +
        'Clients send it as a header: Authorization: Bearer pp_…',
    };
  },
});
