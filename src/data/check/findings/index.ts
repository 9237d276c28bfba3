// Every finding, in the order in which reports show them: what must be dealt with first.
import { animated } from './animated.ts';
import { blurry } from './blurry.ts';
import { classImbalance } from './class-imbalance.ts';
import { cmyk } from './cmyk.ts';
import { dark } from './dark.ts';
import { emptyClass } from './empty-class.ts';
import { exactDuplicates } from './exact-duplicates.ts';
import { exactAcrossClasses } from './exact-duplicates-across-classes.ts';
import { exactAcrossSplits } from './exact-duplicates-across-splits.ts';
import { exifRotated } from './exif-rotated.ts';
import { greyscale } from './greyscale.ts';
import { huge } from './huge.ts';
import { light } from './light.ts';
import { lowInformation } from './low-information.ts';
import { nearDuplicates } from './near-duplicates.ts';
import { nearAcrossClasses } from './near-duplicates-across-classes.ts';
import { nearAcrossSplits } from './near-duplicates-across-splits.ts';
import { oddAspectRatio } from './odd-aspect-ratio.ts';
import { oddSize } from './odd-size.ts';
import { tiny } from './tiny.ts';
import { tooFewPhotos } from './too-few-photos.ts';
import { truncated } from './truncated.ts';
import { undecodable } from './undecodable.ts';
import { unreadable } from './unreadable.ts';
import { wrongExtension } from './wrong-extension.ts';
import { zeroBytes } from './zero-bytes.ts';

export const findings = [
  undecodable,
  unreadable,
  truncated,
  zeroBytes,
  exactAcrossSplits,
  nearAcrossSplits,
  exactAcrossClasses,
  nearAcrossClasses,
  emptyClass,
  classImbalance,
  tooFewPhotos,
  exactDuplicates,
  nearDuplicates,
  wrongExtension,
  blurry,
  lowInformation,
  dark,
  light,
  oddAspectRatio,
  tiny,
  huge,
  oddSize,
  greyscale,
  animated,
  cmyk,
  exifRotated,
] as const;

export type FindingId = (typeof findings)[number]['id'];

export const findingIds: readonly FindingId[] = findings.map(({ id }) => id);

export type { Finding, GateLimit, Severity, Threshold } from './finding.ts';
