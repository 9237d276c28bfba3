// Why a line is not in the log: a closed set, so that it can be the label of a metric.
export const dropReasons = [
  /** No space left, or the quota used up. */
  'disk_full',
  /** The folder cannot be written: read-only, forbidden, gone, or the disk reports an error. */
  'unwritable',
  /** The disk works, but slower than lines come. */
  'buffer_full',
  /** No entry of the schema, or one longer than a line may be. */
  'invalid',
  /** Written after, or not flushed within the time of, `close`. */
  'closed',
] as const;

export type DropReason = (typeof dropReasons)[number];

/** What a failed write means for the lines that could not wait. */
export function dropReasonOf(error: unknown): DropReason {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'disk_full' : 'unwritable';
}
