// How much an archive may unpack to. A photo hardly compresses, so these limits leave real data sets alone and stop
// archives made to fill a disk.
import { z } from 'zod';
import { PawprintError } from '../../core/index.ts';

export const archiveLimitsSchema = z.strictObject({
  /** Files and folders inside. */
  maxEntries: z.number().int().positive().default(2_000_000),
  /** Bytes of one picture. It is held in memory while it is unpacked. */
  maxEntryBytes: z
    .number()
    .int()
    .positive()
    .default(256 * 2 ** 20),
  /** Bytes of all files together. */
  maxTotalBytes: z
    .number()
    .int()
    .positive()
    .default(256 * 2 ** 30),
  /** Unpacked bytes per packed byte, looked at above 16 MiB. Deflate can reach 1,032. */
  maxRatio: z.number().positive().default(100),
});
export type ArchiveLimits = z.infer<typeof archiveLimitsSchema>;
export const defaultArchiveLimits: ArchiveLimits = archiveLimitsSchema.parse({});

/** Below this many unpacked bytes a high ratio does no harm: a drawn, plain-coloured BMP may well have one. */
const ratioMattersFromBytes = 16 * 2 ** 20;

/** ARCHIVE_UNSAFE about the archive `name`. */
export function unsafeArchive(
  name: string,
  message: string,
  more: { hint?: string; cause?: unknown } = {},
): PawprintError {
  return new PawprintError('ARCHIVE_UNSAFE', {
    message: `${name}: ${message}`,
    hint: more.hint ?? 'Get the archive again from where it came, or unpack it yourself and import the folder.',
    ...(more.cause === undefined ? {} : { cause: more.cause }),
  });
}

/** Counts what an archive unpacks to and throws ARCHIVE_UNSAFE when a limit is passed. */
export interface ArchiveMeter {
  addEntry(path: string, bytes: number): void;
  /** Checks `unpacked` against `packed` bytes, for one entry or the whole archive. */
  checkRatio(what: string, unpacked: number, packed: number): void;
}

export function createArchiveMeter(name: string, limits: ArchiveLimits): ArchiveMeter {
  let entries = 0;
  let total = 0;
  const refuse = (what: string, limit: number, flag: string): PawprintError =>
    unsafeArchive(name, `${what}, more than the ${limit.toLocaleString('en-US')} allowed`, {
      hint: `If you trust this archive, raise the limit with ${flag}.`,
    });
  return {
    addEntry: (path, bytes) => {
      entries += 1;
      total += bytes;
      if (entries > limits.maxEntries) throw refuse('it holds more entries', limits.maxEntries, '--max-entries');
      if (bytes > limits.maxEntryBytes)
        throw refuse(
          `${path} unpacks to ${bytes.toLocaleString('en-US')} bytes`,
          limits.maxEntryBytes,
          '--max-entry-bytes',
        );
      if (total > limits.maxTotalBytes)
        throw refuse(
          `it unpacks to ${total.toLocaleString('en-US')} bytes or more`,
          limits.maxTotalBytes,
          '--max-total-bytes',
        );
    },
    checkRatio: (what, unpacked, packed) => {
      if (unpacked <= ratioMattersFromBytes || unpacked <= limits.maxRatio * Math.max(1, packed)) return;
      throw refuse(
        `${what} unpacks to ${Math.round(unpacked / Math.max(1, packed)).toLocaleString('en-US')} times its size`,
        limits.maxRatio,
        '--max-ratio',
      );
    },
  };
}
