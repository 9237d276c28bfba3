// What a finished download leaves beside the data folder: where the photos are from, under which checksum, how many.
// The next run compares with it (trust on first use) and sees that there is nothing left to do.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeJsonAtomic } from '../../core/index.ts';

const receiptSchema = z.strictObject({
  schemaVersion: z.literal(1),
  dataset: z.string(),
  url: z.string(),
  licence: z.string(),
  page: z.string(),
  archiveBytes: z.number(),
  archiveSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The data folder, relative to this file. */
  importedTo: z.string(),
  photos: z.number(),
  photoBytes: z.number(),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** The receipt at `path`; undefined where there is none that can be read. */
export async function readReceipt(path: string): Promise<Receipt | undefined> {
  try {
    return receiptSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

export async function writeReceipt(path: string, receipt: Receipt): Promise<void> {
  await writeJsonAtomic(path, receipt);
}
