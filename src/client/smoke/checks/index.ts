// The checks in the order in which they run and are reported: first what needs no picture, last what counts the others.
import type { Check } from '../check.ts';
import { badFile } from './bad-file.ts';
import { health } from './health.ts';
import { labels } from './labels.ts';
import { live } from './live.ts';
import { metrics } from './metrics.ts';
import { predict } from './predict.ts';
import { rawBody } from './raw-body.ts';
import { ready } from './ready.ts';
import { requestId } from './request-id.ts';
import { stats } from './stats.ts';
import { tooLarge } from './too-large.ts';
import { twoFiles } from './two-files.ts';

/** When none of these gets an answer, nothing is there to ask. */
export const probes: readonly Check[] = [health, live, ready];

export const visits: readonly Check[] = [
  predict,
  labels,
  rawBody,
  requestId,
  badFile,
  twoFiles,
  tooLarge,
  metrics,
  stats,
];
