// Which files of a source are pictures, by name alone: what a file holds is the check step's to judge, so that broken
// and misnamed pictures are imported as they are and found there.

const pictureEndings = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.gif',
  '.bmp',
  '.tif',
  '.tiff',
  '.avif',
  '.heic',
  '.heif',
]);
const systemFiles = new Set(['thumbs.db', 'ehthumbs.db', 'desktop.ini', 'icon\r']);

/** Lower-case ending with its dot (`.jpg`), or '' when the name has none. */
export function fileEnding(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot).toLowerCase();
}

/** A folder that no import looks into: hidden ones (`.git`, `.ipynb_checkpoints`) and what macOS adds to zips. */
export function isIgnoredFolder(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX' || name === '$RECYCLE.BIN' || name === '@eaDir';
}

/**
 * Why the file at `path` (`/` between folders) is no picture to import, or undefined when it is one. The reason is
 * also the key it is counted under: `hidden`, `system file`, `not a picture (.txt)`.
 */
export function skipReason(path: string): string | undefined {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  if (parts.some(isIgnoredFolder) || name.startsWith('.')) return 'hidden';
  if (systemFiles.has(name.toLowerCase())) return 'system file';
  const ending = fileEnding(name);
  if (pictureEndings.has(ending)) return undefined;
  return `not a picture (${ending === '' || ending.length > 16 ? 'no ending' : ending})`;
}

/** How many files were left out, by reason. */
export type SkipCounts = Map<string, number>;

export function countSkip(counts: SkipCounts, reason: string, by = 1): void {
  counts.set(reason, (counts.get(reason) ?? 0) + by);
}

/** True for a name with the ending of a picture. */
export function isPictureName(name: string): boolean {
  return pictureEndings.has(fileEnding(name));
}
