// Names of splits, classes and files: what they may be, and how two files that want the same name are told apart.
import { PawprintError } from '../../core/index.ts';
import type { SplitName } from '../manifest.ts';
import { fileEnding } from './file-kinds.ts';

const splitWords: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};

/** The split that a folder's or a CSV cell's word stands for, in any case: `Val` → validation. */
export function splitOfWord(word: string): SplitName | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(splitWords, key) ? splitWords[key] : undefined;
}

const maxNameBytes = 255;

/** Control characters make names that no terminal and no CSV survives. */
function hasControlCharacter(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 32 || code === 127) return true;
  }
  return false;
}

function classNameComplaint(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (/[/\\]/.test(name)) return 'it holds a slash';
  if (name.startsWith('.')) return 'it starts with a dot';
  if (hasControlCharacter(name)) return 'it holds a control character';
  if (name !== name.trim()) return 'it starts or ends with a space';
  if (Buffer.byteLength(name) > maxNameBytes) return `it is longer than ${maxNameBytes} bytes`;
  if (splitOfWord(name) !== undefined) return 'it is the name of a split';
  return undefined;
}

/** Throws DATASET_INVALID unless `name` can be a class folder of the target. */
export function assertClassName(name: string, where: string): void {
  const complaint = classNameComplaint(name);
  if (complaint === undefined) return;
  throw new PawprintError('DATASET_INVALID', {
    message: `${where}: "${name}" cannot be a class name: ${complaint}`,
    expected: 'a word that can be the name of a folder and is not train, validation or test',
    received: JSON.stringify(name),
    hint: `Give the class another name, for example with --rename "${name}=other".`,
  });
}

/** Equal for names that some file system takes for the same: other case, other Unicode composition. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** `a.jpg`, `3f2a1b9c` → `a-3f2a1b9c.jpg`, the stem cut (between characters) where 255 bytes would be passed. */
export function suffixedName(name: string, digits: string): string {
  const ending = fileEnding(name);
  const realEnding = name.slice(name.length - ending.length);
  const tail = `-${digits}${realEnding}`;
  let stem = name.slice(0, name.length - ending.length);
  while (Buffer.byteLength(stem) + Buffer.byteLength(tail) > maxNameBytes) stem = stem.replace(/.$/su, '');
  return stem + tail;
}

/**
 * The path inside an archive with `/` between its parts and without empty and `.` parts, or, where unpacking it could
 * write outside its folder, why it is refused.
 */
export function normaliseEntryPath(raw: string): { readonly path: string } | { readonly refused: string } {
  if (raw.includes('\0')) return { refused: 'its name holds a zero byte' };
  const slashed = raw.replaceAll('\\', '/');
  if (slashed.startsWith('/')) return { refused: 'its path is absolute' };
  const parts = slashed.split('/').filter((part) => part !== '' && part !== '.');
  if (/^[A-Za-z]:/.test(parts[0] ?? '')) return { refused: 'its path names a drive' };
  if (parts.includes('..')) return { refused: 'its path climbs out of the archive with ".."' };
  return { path: parts.join('/') };
}
