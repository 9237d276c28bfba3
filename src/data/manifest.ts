// The prepared data set: what `pawprint data prepare` leaves and every later stage reads.
//
//   manifest.json   header: schema version, classes, source, settings, counts, dataset hash, shards
//   manifest.csv    one row a photo: path,label (the class name),md5,split,size,width,height,group; by split, then path
//   left-out.csv    the photos that could not be used: path,code,message
//   shards/*.bin    uint8 records [3, S, S] (planar RGB), in manifest.csv order within each split
import { z } from 'zod';
import { preprocessingSchema } from '../image/index.ts';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Dataset version: md5 over the sorted lines `<md5> <class name> <split> <path>`, each ended by a newline. */
  datasetMd5: z.string().regex(/^[0-9a-f]{32}$/),
  /** Class names in label order; label i is classNames[i]. Two or more, sorted. */
  classNames: z.array(z.string()).min(2),
  /** The raw folder, relative to the folder of manifest.json; manifest paths are relative to it. */
  source: z.string(),
  /** How the shards' pixels were made; mean and std are applied later, by whoever reads them. */
  preprocessing: preprocessingSchema.pick({ imageSizePx: true, fit: true, filter: true }),
  seed: z.number(),
  /** Photos per split and class, and how many were left out, by reason. */
  counts: z.record(z.enum(splitNames), z.record(z.string(), z.number())),
  leftOut: z.record(z.string(), z.number()),
  /** sha256 of manifest.csv: the two files belong together. */
  rowsSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** `file` is relative to the folder of manifest.json; `first` counts records within the split. */
  shards: z.array(
    z.strictObject({
      file: z.string(),
      split: z.enum(splitNames),
      first: z.int().min(0),
      count: z.int().positive(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** One photo of the manifest. */
export interface ManifestEntry {
  /** Relative to the source folder, `/` as the separator. */
  readonly path: string;
  /** Index into classNames. */
  readonly label: number;
  readonly md5: string;
  readonly split: SplitName;
  /** Bytes of the file. */
  readonly size: number;
  readonly width: number;
  readonly height: number;
  /** Near duplicates share a group and so a split. */
  readonly group: number;
}

/** One split of a prepared data set, ready for epochs. Never decodes an image. */
export interface PreparedSplit {
  readonly name: SplitName;
  readonly entries: readonly ManifestEntry[];
  readonly count: number;
  /** Labels, one byte a photo, in entry order. */
  readonly labels: Uint8Array;
  /** Bytes of one record: 3 · S · S. */
  readonly recordBytes: number;
  /** Copies photo `index`'s planar RGB record [3, S, S] into `target` at `offset`. Synchronous. */
  readRecord(index: number, target: Uint8Array, offset: number): void;
}

/** A prepared data set that was opened and checked. */
export interface PreparedDataset {
  readonly directory: string;
  readonly manifest: Manifest;
  /** The raw folder, absolute. */
  readonly sourceDirectory: string;
  split(name: SplitName): PreparedSplit;
  close(): void;
}
