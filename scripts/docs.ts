// npm run docs: brings README.md's reference of commands up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { updateCommandDocs } from './command-docs.ts';
import { root } from './run-step.ts';

const path = join(root, 'README.md');
const updated = await updateCommandDocs(await readFile(path, 'utf8'));
await writeFile(path, await format(updated, { ...(await resolveConfig(path)), filepath: path }));
