// The target folder of a sample data set: empty, or holding the same sample, or refused.
import { opendir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asPawprintError, PawprintError } from '../../core/index.ts';
import { classCounts, parseReadme, pictureIndex, readmeName, sampleClasses, type SampleIdentity } from './layout.ts';

// What writeFileAtomic leaves when the process is killed in the middle of a write.
const unfinished = /^\.(?:README\.txt|(?:cat|dog)-\d+\.jpg)\.[0-9a-f]+\.tmp$/;

async function* entriesOf(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw asPawprintError(error, `reading ${folder}`);
  }
}

async function readIdentity(to: string): Promise<SampleIdentity | undefined> {
  try {
    return parseReadme(await readFile(join(to, readmeName), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw asPawprintError(error, `reading ${join(to, readmeName)}`);
  }
}

function refuse(to: string, received: string): never {
  throw new PawprintError('ALREADY_EXISTS', {
    message: `${to} is not empty`,
    expected: 'an empty or new folder, or one with the same sample (same seed, no more pictures than asked for)',
    received,
    hint: 'Choose another folder with --to, or remove this one.',
  });
}

/**
 * Checks that `to` may take the sample `wanted` and removes half-written files of an earlier run. Throws ALREADY_EXISTS
 * when anything else is in it, NOT_A_DIRECTORY when it is a file.
 */
export async function prepareTarget(to: string, wanted: SampleIdentity): Promise<void> {
  const names: string[] = [];
  for await (const name of entriesOf(to)) {
    if (unfinished.test(name)) await rm(join(to, name), { force: true });
    else names.push(name);
    if (names.length > 3) refuse(to, `other files: ${names.slice(0, 3).join(', ')} …`);
  }
  if (names.length === 0) return;
  const found = await readIdentity(to);
  if (found === undefined) refuse(to, `other files: ${names.join(', ')}`);
  if (found.seed !== wanted.seed) refuse(to, `a sample of seed ${found.seed}, asked for seed ${wanted.seed}`);
  if (found.drawing !== wanted.drawing) refuse(to, 'a sample drawn by another version of Pawprint');
  if (found.count > wanted.count) refuse(to, `a sample of ${found.count} pictures, asked for ${wanted.count}`);
  const stranger = names.find((name) => name !== readmeName && !sampleClasses.some(({ folder }) => folder === name));
  if (stranger !== undefined) refuse(to, `another file: ${stranger}`);
  for (const classIndex of [0, 1] as const) await checkClassFolder(to, classIndex, wanted);
}

async function checkClassFolder(to: string, classIndex: 0 | 1, wanted: SampleIdentity): Promise<void> {
  const folder = join(to, sampleClasses[classIndex].folder);
  const count = classCounts(wanted.count)[classIndex];
  for await (const name of entriesOf(folder)) {
    const index = pictureIndex(classIndex, name);
    if (unfinished.test(name)) await rm(join(folder, name), { force: true });
    else if (index === undefined || index >= count) refuse(to, `another file: ${join(folder, name)}`);
  }
}
