// Which files of a log are old enough to go. Looked at whenever a new file begins; the open file never goes.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { compareLogFiles, type LogFileName } from './file-names.ts';

/** Nothing given: everything is kept. */
export interface Retention {
  /** Files of this instance that are kept, the open one counted; at least 1. */
  readonly maxFiles?: number | undefined;
  /** Files of earlier days are removed, of every instance: those of instances that are gone have nobody else. */
  readonly maxAgeDays?: number | undefined;
}

export interface OldFilesOptions {
  readonly files: readonly LogFileName[];
  /** Name of the open file. */
  readonly current: string;
  readonly instance: string;
  readonly retention: Retention;
  readonly now: () => Date;
}

const dayMs = 86_400_000;

/** The first instant that is still kept. */
export function keptSince(maxAgeDays: number, now: Date): Date {
  return new Date(now.getTime() - maxAgeDays * dayMs);
}

/** The files that may go. */
export function oldFiles({ files, current, instance, retention, now }: OldFilesOptions): LogFileName[] {
  const { maxFiles, maxAgeDays } = retention;
  const oldestDay = maxAgeDays === undefined ? '' : keptSince(maxAgeDays, now()).toISOString().slice(0, 10);
  const own = files.filter((file) => file.instance === instance).sort(compareLogFiles);
  const surplus = new Set(maxFiles === undefined ? [] : own.slice(0, Math.max(0, own.length - maxFiles)));
  return files.filter((file) => file.name !== current && (file.day < oldestDay || surplus.has(file)));
}

/** Removes them; one that cannot be removed is left for the next time. Does not throw. */
export async function removeOldFiles(directory: string, options: OldFilesOptions): Promise<void> {
  for (const { name } of oldFiles(options)) await rm(join(directory, name), { force: true }).catch(() => undefined);
}
