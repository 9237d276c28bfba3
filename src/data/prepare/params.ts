// The settings of `pawprint data prepare`: section `prepare` of params.yaml, and the same names as flags. The seed is
// one for the whole project and stands beside the sections.
import { z } from 'zod';
import { preprocessingSchema, type Preprocessing } from '../../image/index.ts';

const fraction = z.number().min(0).max(0.9);

const fields = {
  imageSizePx: preprocessingSchema.shape.imageSizePx.describe('side of the square records, pixels'),
  fit: preprocessingSchema.shape.fit.describe(
    'how a photo meets the square: stretch (ignore the aspect ratio), crop (cut the centre), pad (grey borders)',
  ),
  filter: preprocessingSchema.shape.filter.describe('resampling: bilinear (antialiased triangle) or box (area mean)'),
  testFraction: fraction.describe(
    'share (0–0.9) of each class held back for the test split; unused where the folder has a test split of its own',
  ),
  validationFraction: fraction.describe(
    'share (0–0.9) for the validation split of what is not test, by class; unused where the folder has one of its own',
  ),
  groupNearDuplicates: z
    .boolean()
    .describe('keep near duplicates (by perceptual hash) in one split; exact duplicates always stay together'),
  onBadPhoto: z
    .enum(['skip', 'fail'])
    .describe('a photo that cannot be decoded: skip (leave it out, list it in left-out.csv) or fail (stop at once)'),
  maxBadFraction: z
    .number()
    .min(0)
    .max(1)
    .describe('share (0–1) of photos that may be skipped as undecodable before preparing fails'),
};

/** Strict, and complete by its defaults: `prepareParamsSchema.parse({})` is the default recipe. */
export const prepareParamsSchema = z.strictObject({
  imageSizePx: fields.imageSizePx.default(64),
  fit: fields.fit.default('stretch'),
  filter: fields.filter.default('bilinear'),
  testFraction: fields.testFraction.default(0.2),
  validationFraction: fields.validationFraction.default(0.1),
  groupNearDuplicates: fields.groupNearDuplicates.default(true),
  onBadPhoto: fields.onBadPhoto.default('skip'),
  maxBadFraction: fields.maxBadFraction.default(0.05),
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
