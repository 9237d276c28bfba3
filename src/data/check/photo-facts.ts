// What reading and decoding tell of one photo: the material that findings judge. Made in worker threads.
import type { ImageInfo, ImageStatistics } from '../../image/index.ts';

/** How far a file got on its way to pixels. */
export type PhotoOutcome =
  | 'decoded'
  /** May not be opened or read. */
  | 'unreadable'
  | 'empty'
  /** Content that is no picture, a format that cannot be decoded, or damage. */
  | 'undecodable'
  /** Ends before its last pixel. */
  | 'truncated'
  /** More pixels or bytes than are decoded. */
  | 'too-large';

export interface PhotoFacts {
  /** Relative to the data folder, `/` between folders. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly outcome: PhotoOutcome;
  /** Why it was not decoded. */
  readonly problem?: string;
  /** 32 hexadecimal digits; absent where the file was not read. */
  readonly md5?: string;
  /** The header; absent where even that cannot be read. */
  readonly info?: ImageInfo;
  /** Of a copy of statisticsSidePx; absent where the picture was not decoded. */
  readonly statistics?: ImageStatistics;
  /** Perceptual hash, 16 hexadecimal digits. */
  readonly hash?: string;
}
