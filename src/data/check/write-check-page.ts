// Gets the thumbnails that the page of a check shows, and writes it.
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PawprintError, writeFileAtomic, type Progress } from '../../core/index.ts';
import { checkPage } from './check-page.ts';
import type { CheckResult } from './check-result.ts';
import type { CheckPool } from './measure-photos.ts';
import { shownPaths } from './shown-pictures.ts';

export interface PageOptions {
  /** The data folder, absolute. */
  readonly directory: string;
  /** Where the page goes. */
  readonly path: string;
  readonly footer: string;
  readonly pool: CheckPool;
  readonly progress: Progress;
}

const thumbnailSidePx = 192;
const requestPhotos = 8;

/** Throws ALREADY_EXISTS, before any work is done, where a folder stands in the page's place. */
export async function assertPagePath(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  throw new PawprintError('ALREADY_EXISTS', {
    message: `${path} is a folder`,
    expected: 'the name of a file for the page',
    received: 'a folder',
    hint: `For example --html ${path.replace(/[/\\]+$/, '')}/check.html`,
  });
}

/** Writes the page, whole or not at all. */
export async function writeCheckPage(result: CheckResult, options: PageOptions): Promise<void> {
  const { directory, pool, progress, footer } = options;
  const paths = shownPaths(result);
  const task = progress.start('thumbnails', paths.length, 'photos');
  const thumbnails = new Map<string, string>();
  let done = 0;
  const requests: Promise<void>[] = [];
  for (let start = 0; start < paths.length; start += requestPhotos) {
    const some = paths.slice(start, start + requestPhotos);
    requests.push(
      requestThumbnails(pool, directory, some).then((jpegs) => {
        some.forEach((path, i) => {
          const jpeg = jpegs[i];
          if (jpeg !== undefined && jpeg !== null) thumbnails.set(path, toDataUri(jpeg));
        });
        task.update((done += some.length));
      }),
    );
  }
  await Promise.all(requests);
  task.finish();
  const page = resolve(options.path);
  await writeFileAtomic(page, checkPage(result, { thumbnails, footer, directory, pageDirectory: dirname(page) }));
}

/** A picture that kills its thread has no thumbnail; the others of its request go without as well. */
async function requestThumbnails(
  pool: CheckPool,
  directory: string,
  paths: readonly string[],
): Promise<readonly (Uint8Array | null)[]> {
  const reply = await pool.run({ kind: 'thumbnails', directory, paths, maxSidePx: thumbnailSidePx });
  return reply.kind === 'thumbnails' ? reply.jpegs : [];
}

function toDataUri(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}
