// pawprint api-key list: whose keys a key file holds.
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { keyFileFlag } from '../key-file-option.ts';

export default defineCommand({
  name: 'api-key list',
  summary: 'list the API keys of a key file',
  description: 'Names, scopes and dates. The keys themselves are known to their holders alone.',
  examples: ['pawprint api-key list', 'pawprint api-key list --file /etc/pawprint/keys.json --json'],
  options: z.strictObject({ file: keyFileFlag }),
  run: async ({ options: { file }, context }) => {
    const { listKeys } = await import('../../api/index.ts');
    const keys = await listKeys(resolve(context.cwd, file), context.now());
    const rows = keys.map(({ name, scopes, createdAt, expiresAt, state }) => [
      name,
      scopes.join(','),
      createdAt.slice(0, 10),
      expiresAt?.slice(0, 10) ?? 'never',
      state,
    ]);
    return { json: { file, keys }, text: rows.length === 0 ? `${file} holds no key` : formatRows(rows) };
  },
});

function formatRows(rows: readonly (readonly string[])[]): string {
  const all = [['name', 'scopes', 'created', 'expires', 'state'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
