// Folders of small made-up "photos" for the tests, and what a folder holds afterwards.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import type { TestContext } from 'node:test';

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-import-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes `files` (path to content) below `root` and returns `root`. */
export async function makeTree(root: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  await mkdir(root, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

/** Every file below `root`, hidden ones too: path with `/` to content as text. */
export async function readTree(root: string): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for (const item of await readdir(root, { withFileTypes: true, recursive: true })) {
    const path = join(item.parentPath, item.name);
    if (!item.isDirectory()) found.push([relative(root, path).split(sep).join('/'), await readFile(path, 'utf8')]);
  }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}
