// A batch file of the work folder: the records of some photos and who they are, so that a run that was killed goes on
// where it stood. Layout: records end to end, index as JSON, its length (uint32, little-endian), sha256 of all before.
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hash } from 'node:crypto';
import { z } from 'zod';

const digestBytes = 32;
const trailerBytes = 4 + digestBytes;

const rowSchema = z.strictObject({
  path: z.string(),
  /** As listed: path, size and time together say whether the file is still the one that was decoded. */
  listedSizeBytes: z.number(),
  mtimeMs: z.number(),
  sizeBytes: z.number(),
  md5: z.string().length(32),
  hash: z.string().length(16),
  width: z.number(),
  height: z.number(),
});
const indexSchema = z.strictObject({ recordBytes: z.number(), rows: z.array(rowSchema) });

/** One decoded photo; its record is the one at its place in `rows`. */
export type BatchRow = z.infer<typeof rowSchema>;

/**
 * Writes a batch file whole or not at all. Not flushed to the disk: after a power cut the digest tells.
 * Throws the operating system's error, with nothing left behind.
 */
export function writeBatchFile(path: string, rows: readonly BatchRow[], records: readonly Uint8Array[]): void {
  const index = Buffer.from(JSON.stringify({ recordBytes: records[0]?.length ?? 0, rows }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(index.length);
  const content = Buffer.concat([...records, index, length]);
  const digest = hash('sha256', content, 'buffer');
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, content);
    writeFileSync(temporary, digest, { flag: 'a' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The rows of a batch file, or null when it is damaged or of records of another size. */
export async function readBatchRows(path: string, recordBytes: number): Promise<readonly BatchRow[] | null> {
  const bytes = await readFile(path);
  const contentEnd = bytes.length - digestBytes;
  if (bytes.length < trailerBytes) return null;
  if (!hash('sha256', bytes.subarray(0, contentEnd), 'buffer').equals(bytes.subarray(contentEnd))) return null;
  const indexEnd = contentEnd - 4;
  const indexStart = indexEnd - bytes.readUInt32LE(indexEnd);
  if (indexStart < 0) return null;
  const index = indexSchema.safeParse(JSON.parse(bytes.toString('utf8', indexStart, indexEnd)));
  if (!index.success || index.data.rows.length * recordBytes !== indexStart) return null;
  return index.data.rows;
}
