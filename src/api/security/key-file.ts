// The file of API keys: JSON, written whole or not at all, one change at a time. It holds hashes, never keys; whoever may
// write it may let himself in.
import { open, readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { asPawprintError, listComplaints, PawprintError, writeJsonAtomic } from '../../core/index.ts';
import { hashKey, isExpired, keyEntry, type KeyEntry, keyName, type KeyScope } from './api-keys.ts';

const keyFile = z
  .strictObject({ schemaVersion: z.literal(1), keys: z.array(keyEntry) })
  .refine(({ keys }) => new Set(keys.map(({ name }) => name)).size === keys.length, {
    error: 'each name once',
    path: ['keys'],
  });

/**
 * The keys of a file. Throws FILE_NOT_FOUND, PERMISSION_DENIED, or CONFIG_INVALID when it is damaged; that error repeats
 * nothing of the file, in which somebody may have put a key by mistake.
 */
export async function readKeyFile(path: string): Promise<readonly KeyEntry[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    // Node quotes the text that is no JSON.
    if (error instanceof SyntaxError) throw damaged(path, 'JSON');
    throw asPawprintError(error, `reading ${path}`);
  }
  const parsed = keyFile.safeParse(content);
  if (parsed.success) return parsed.data.keys;
  const complaint = listComplaints(parsed.error, undefined)[0];
  if (complaint === undefined) throw new Error('a schema failed without saying why');
  if (complaint.unknownKey !== undefined) throw damaged(path, complaint.expected);
  throw damaged(path, `${complaint.path === '' ? 'at the top' : `at ${complaint.path}`}: ${complaint.expected}`);
}

function damaged(path: string, expected: string): PawprintError {
  return new PawprintError('CONFIG_INVALID', {
    message: `the key file cannot be used: ${path}`,
    expected,
    hint: 'Keys are made and revoked by `pawprint api-key`, not by hand.',
  });
}

/** A key that is to be let in. */
export interface NewKey {
  readonly name: string;
  /** Its text, as its holder will send it; only the hash is kept. */
  readonly key: string;
  readonly scopes: readonly KeyScope[];
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
}

/** Adds the key's hash to the file, which is made when there is none. Throws ALREADY_EXISTS, USAGE for an odd name. */
export async function addKey(path: string, { name, key, scopes, createdAt, expiresAt }: NewKey): Promise<KeyEntry> {
  if (!keyName.safeParse(name).success)
    throw new PawprintError('USAGE', {
      message: 'the name of the key has a form that does not fit',
      expected: '1 to 64 letters, digits, dots, dashes and underscores',
    });
  const entry: KeyEntry = {
    name,
    sha256: hashKey(key).toString('hex'),
    scopes: [...scopes],
    createdAt: createdAt.toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
  };
  await changeKeyFile(path, (entries) => {
    if (entries.some((each) => each.name === name))
      throw new PawprintError('ALREADY_EXISTS', {
        message: `there is a key called ${name} already`,
        expected: 'a name of its own for each key, so that each can be revoked alone',
        hint: `Choose another name, or first: pawprint api-key revoke --name ${name}`,
      });
    return [...entries, entry];
  });
  return entry;
}

/** Takes the key out of the file; a running service refuses it within seconds. Throws USAGE when it has no such name. */
export async function revokeKey(path: string, name: string): Promise<void> {
  await readKeyFile(path);
  await changeKeyFile(path, (entries) => {
    const kept = entries.filter((each) => each.name !== name);
    if (kept.length < entries.length) return kept;
    throw new PawprintError('USAGE', {
      message: `${path} has no key of that name`,
      expected: entries.length === 0 ? 'a file with keys' : entries.map((each) => each.name).join(', '),
      hint: 'pawprint api-key list shows them.',
    });
  });
}

/** A row of `pawprint api-key list`: everything but the hash. */
export interface KeyDescription extends Omit<KeyEntry, 'sha256'> {
  readonly state: 'valid' | 'expired';
}

export async function listKeys(path: string, now: Date): Promise<KeyDescription[]> {
  const entries = await readKeyFile(path);
  return entries.map((entry) => {
    const { sha256: _, ...rest } = entry;
    return { ...rest, state: isExpired(entry, now) ? 'expired' : 'valid' };
  });
}

type Change = (entries: readonly KeyEntry[]) => readonly KeyEntry[];

/** One change at a time: of two at once, the later would undo the earlier, and a revoked key would live on. */
async function changeKeyFile(path: string, change: Change): Promise<void> {
  const lock = `${path}.lock`;
  const handle = await open(lock, 'wx').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw asPawprintError(error, `writing ${path}`);
    throw new PawprintError('ALREADY_EXISTS', {
      message: `another command is changing ${path}`,
      hint: `Try again; if none is running, remove ${lock}.`,
    });
  });
  try {
    await handle.close();
    const entries = await readKeyFile(path).catch((error: unknown) => {
      if (error instanceof PawprintError && error.code === 'FILE_NOT_FOUND') return [];
      throw error;
    });
    await writeJsonAtomic(path, { schemaVersion: 1, keys: change(entries) });
  } finally {
    await rm(lock, { force: true });
  }
}
