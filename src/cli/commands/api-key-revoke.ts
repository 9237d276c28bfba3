// pawprint api-key revoke: a key that lets nobody in any more.
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { keyFileFlag, keyNameFlag } from '../key-file-option.ts';

export default defineCommand({
  name: 'api-key revoke',
  summary: 'revoke an API key',
  description:
    'Takes the key out of the key file. A running service looks at the file each second and refuses the key from then on; ' +
    'no restart. When no key is left, nobody is let in.',
  examples: ['pawprint api-key revoke --name shop'],
  options: z.strictObject({ file: keyFileFlag, name: keyNameFlag }),
  run: async ({ options: { file, name }, context }) => {
    const { revokeKey } = await import('../../api/index.ts');
    await revokeKey(resolve(context.cwd, file), name);
    return { json: { file, revoked: name }, text: `the key of ${name} is revoked` };
  },
});
