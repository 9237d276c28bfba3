// The settings of `pawprint data prepare`: section `prepare` of params.yaml, and the same names as flags. The seed is
// one for the whole project and stands beside the sections.
import { z } from 'zod';
import { preprocessingSchema, type Preprocessing } from '../../image/index.ts';

const fraction = z.number().min(0).max(0.9);

const defaults = {
  imageSizePx: 64,
  fit: 'stretch',
  filter: 'bilinear',
  testFraction: 0.2,
  validationFraction: 0.1,
  groupNearDuplicates: true,
  onBadPhoto: 'skip',
  maxBadFraction: 0.05,
} as const;

const fields = {
  imageSizePx: preprocessingSchema.shape.imageSizePx.describe(
    `side of the square records, pixels; ${defaults.imageSizePx} unless told`,
  ),
  fit: preprocessingSchema.shape.fit.describe(
    `how a photo meets the square: stretch (ignore the aspect ratio), crop (cut the centre) or pad (grey borders); ${defaults.fit} unless told`,
  ),
  filter: preprocessingSchema.shape.filter.describe(
    `resampling: bilinear (antialiased triangle) or box (area mean); ${defaults.filter} unless told`,
  ),
  testFraction: fraction.describe(
    `share (0–0.9) of each class for the test split, ${defaults.testFraction} unless told; unused where the folder has one of its own`,
  ),
  validationFraction: fraction.describe(
    `share (0–0.9) of the rest of each class for the validation split, ${defaults.validationFraction} unless told; unused where the folder has one of its own`,
  ),
  groupNearDuplicates: z
    .boolean()
    .describe(
      'keep near duplicates (by perceptual hash) in one split, as is done unless told; exact duplicates always stay together',
    ),
  onBadPhoto: z
    .enum(['skip', 'fail'])
    .describe(
      `a photo that cannot be decoded: skip (leave it out, list it in left-out.csv) or fail (stop at once); ${defaults.onBadPhoto} unless told`,
    ),
  maxBadFraction: z
    .number()
    .min(0)
    .max(1)
    .describe(
      `share (0–1) of photos that may be skipped before preparing fails; ${defaults.maxBadFraction} unless told`,
    ),
};

/** Strict, and complete by its defaults: `prepareParamsSchema.parse({})` is the default recipe. */
export const prepareParamsSchema = z.strictObject({
  imageSizePx: fields.imageSizePx.default(defaults.imageSizePx),
  fit: fields.fit.default(defaults.fit),
  filter: fields.filter.default(defaults.filter),
  testFraction: fields.testFraction.default(defaults.testFraction),
  validationFraction: fields.validationFraction.default(defaults.validationFraction),
  groupNearDuplicates: fields.groupNearDuplicates.default(defaults.groupNearDuplicates),
  onBadPhoto: fields.onBadPhoto.default(defaults.onBadPhoto),
  maxBadFraction: fields.maxBadFraction.default(defaults.maxBadFraction),
});

export type PrepareParams = Readonly<z.output<typeof prepareParamsSchema>>;

/** The same keys without defaults, for flags: what is not typed is left to params.yaml. */
export const prepareFlagsSchema = z.strictObject(fields).partial();

/** What shapes the pixels of a record. */
export type RecordSettings = Pick<Preprocessing, 'imageSizePx' | 'fit' | 'filter'>;

/** Bytes of one record [3, S, S]. */
export function recordBytesOf({ imageSizePx }: Pick<Preprocessing, 'imageSizePx'>): number {
  return 3 * imageSizePx ** 2;
}
