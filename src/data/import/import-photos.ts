// The import as a story: open the sources, recognise their layouts, make one plan, compare it with the target, then
// copy. Bytes are never changed. Files appear whole under their names, so a run that was killed is gone on with by
// running the same command again; no record is kept beside the photos, which would become part of the data set.
import { resolve } from 'node:path';
import { hashBytes, silentProgress, type Progress } from '../../core/index.ts';
import type { SplitName } from '../manifest.ts';
import { archiveLimitsSchema, type ArchiveLimits } from './archive-limits.ts';
import { assertExistingFits, indexExisting, type ExistingFiles, type ExistingPolicy } from './existing.ts';
import { throwIfAborted } from './folder-source.ts';
import type { LayoutName } from './layout.ts';
import { nameKey } from './names.ts';
import { openSource } from './open-source.ts';
import { describeKind, summarise, type ImportResult, type ImportTally } from './import-result.ts';
import { createPlacer, type Placement } from './placement.ts';
import { assertClassesFit, planImport, type ImportPlan, type PlannedPhoto, type PlannedSource } from './plan.ts';
import type { EntryContent, Source } from './source.ts';
import { createTaskGate } from './task-gate.ts';
import {
  assertApart,
  listTarget,
  md5OfFile,
  openTarget,
  parseTargetPath,
  targetFolder,
  type TargetWriter,
} from './target.ts';

export interface ImportOptions {
  /** Folders, zips, tars, CSVs; relative ones start at `cwd`. */
  readonly sources: readonly string[];
  /** The target folder. */
  readonly to: string;
  readonly cwd?: string;
  /** Recognised when left away. */
  readonly layout?: LayoutName;
  /** From class names of the sources to names in the target. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Whether `rename` may name classes that no source has. */
  readonly renameIsOptional?: boolean;
  /** Take these classes only (their names in the target). */
  readonly only?: readonly string[];
  /** The split of photos whose source has none. */
  readonly split?: SplitName;
  /** Default: refuse a target that holds anything but this import. */
  readonly existing?: ExistingPolicy;
  readonly limits?: Partial<ArchiveLimits>;
  /** Photos read or written at once. */
  readonly concurrency?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Imports photos into class folders. Throws before anything is written: FILE_NOT_FOUND, NOT_A_DIRECTORY,
 * ARCHIVE_UNSAFE, DATASET_INVALID, ALREADY_EXISTS, USAGE; and while writing: DISK_FULL, PERMISSION_DENIED, CANCELLED,
 * ARCHIVE_UNSAFE for damage found only then. What was written stays and is gone on with by the next run.
 */
export async function importPhotos(options: ImportOptions): Promise<ImportResult> {
  const progress = options.progress ?? silentProgress;
  const signal = options.signal ?? new AbortController().signal;
  const cwd = options.cwd ?? process.cwd();
  const target = resolve(cwd, options.to);
  const policy = options.existing ?? 'refuse';
  const sources = await openSources(options, { cwd, target, progress, signal });
  const plan = planImport(sources, {
    layout: options.layout,
    rename: options.rename ?? {},
    renameIsOptional: options.renameIsOptional ?? false,
    only: options.only ?? [],
    split: options.split,
  });
  for (const { source, description } of plan.sources)
    progress.line(`${source.name}: ${describeKind(source, description)}`);
  const existing = indexExisting(target, await listTarget(target));
  assertExistingFits(target, existing, plan, policy);
  const classNames = [...new Set([...plan.classNames, ...(policy === 'merge' ? classesOf(existing) : [])])].sort();
  assertClassesFit(classNames, Object.values(options.rename ?? {}));
  const tally = await writePhotos(plan, {
    target,
    existing,
    policy,
    progress,
    signal,
    concurrency: options.concurrency ?? 8,
  });
  return { directory: target, classNames, ...summarise(plan, tally) };
}

async function openSources(
  options: ImportOptions,
  world: { readonly cwd: string; readonly target: string; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Source[]> {
  const { cwd, target, progress, signal } = world;
  const limits = archiveLimitsSchema.parse(options.limits ?? {});
  const sources: Source[] = [];
  for (const name of options.sources) {
    throwIfAborted(signal);
    const path = resolve(cwd, name);
    await assertApart(target, { name, path });
    sources.push(await openSource(path, { name, limits, asCsv: options.layout === 'csv', signal, progress }));
  }
  return sources;
}

function classesOf(existing: ExistingFiles): string[] {
  return existing.files.flatMap((file) => parseTargetPath(file.path)?.label ?? []);
}

interface WriteWorld {
  readonly target: string;
  readonly existing: ExistingFiles;
  readonly policy: ExistingPolicy;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly concurrency: number;
}

async function writePhotos(plan: ImportPlan, world: WriteWorld): Promise<ImportTally> {
  const { existing, policy } = world;
  const allPhotos = plan.sources.flatMap((source) => source.photos);
  const ownPaths = new Set(allPhotos.map((photo) => nameKey(ownPath(photo))));
  const tally: ImportTally = {
    inTarget: new Map(),
    copied: 0,
    alreadyThere: 0,
    repeated: 0,
    renamed: 0,
    removed: 0,
    placer: createPlacer({ existing, policy, ownPaths }),
  };
  if (policy === 'merge') for (const file of existing.files) tally.inTarget.set(file.path, file.size);
  const writer = await openTarget(world.target);
  const task = world.progress.start('importing', plan.photoCount, 'photos');
  let done = 0;
  try {
    for (const source of plan.sources)
      await writeSource(source, { world, writer, tally, onPhoto: () => task.update(++done) });
    if (policy === 'overwrite') await removeOthers(world, writer, tally);
  } finally {
    task.finish();
    await writer.close();
  }
  return tally;
}

function ownPath(photo: PlannedPhoto): string {
  return `${targetFolder(photo.split, photo.label)}/${photo.name}`;
}

interface SourceWork {
  readonly world: WriteWorld;
  readonly writer: TargetWriter;
  readonly tally: ImportTally;
  readonly onPhoto: () => void;
}

/** A photo whose digest is being computed; photos are placed in the order in which their source gives them. */
interface Pending {
  readonly photo: PlannedPhoto;
  readonly content: EntryContent;
  readonly md5: Promise<string>;
}

async function writeSource(planned: PlannedSource, work: SourceWork): Promise<void> {
  const { world, writer, tally } = work;
  const photoOf = new Map(planned.photos.map((photo) => [photo.entryIndex, photo]));
  const gate = createTaskGate(world.concurrency);
  const pending: Pending[] = [];
  const settleFirst = async (): Promise<void> => {
    const first = pending.shift();
    if (first === undefined) return;
    const placement = await tally.placer.place(first.photo, await first.md5);
    record(tally, first.photo, placement);
    work.onPhoto();
    if (placement.kind === 'write') await gate.run(() => writer.write(placement.path, first.content));
  };
  try {
    for await (const { index, content } of planned.source.contents(new Set(photoOf.keys()), world.signal)) {
      throwIfAborted(world.signal);
      const photo = photoOf.get(index);
      if (photo === undefined) continue;
      const md5 = startDigest(photo, content, world.existing);
      // Its failure is thrown when its turn comes; until then it must not count as unhandled.
      md5.catch(() => undefined);
      pending.push({ photo, content, md5 });
      if (pending.length >= world.concurrency) await settleFirst();
    }
    while (pending.length > 0) {
      throwIfAborted(world.signal);
      await settleFirst();
    }
  } finally {
    await Promise.allSettled(pending.map((item) => item.md5));
    await gate.settled();
  }
  gate.throwIfFailed();
}

async function startDigest(photo: PlannedPhoto, content: EntryContent, existing: ExistingFiles): Promise<string> {
  const there = existing.find(ownPath(photo));
  // Begun now, side by side with the others, because the placing to come asks for it one photo at a time.
  const thereDigest = there?.size === photo.size ? existing.md5(there) : undefined;
  const [digest] = await Promise.all([
    content.kind === 'bytes' ? hashBytes('md5', content.bytes) : md5OfFile(content.path, photo.size),
    thereDigest,
  ]);
  return digest;
}

function record(tally: ImportTally, photo: PlannedPhoto, placement: Placement): void {
  if (placement.kind === 'repeated') {
    tally.repeated += 1;
    return;
  }
  tally.inTarget.set(placement.path, photo.size);
  if (placement.renamed) tally.renamed += 1;
  if (placement.kind === 'write') tally.copied += 1;
  else tally.alreadyThere += 1;
}

/** Only once everything new is in place, so that a failed import costs nothing. */
async function removeOthers(world: WriteWorld, writer: TargetWriter, tally: ImportTally): Promise<void> {
  const kept = new Set([...tally.inTarget.keys()].map(nameKey));
  for (const file of world.existing.files) {
    if (kept.has(nameKey(file.path))) continue;
    throwIfAborted(world.signal);
    await writer.remove(file.path);
    tally.removed += 1;
  }
}
