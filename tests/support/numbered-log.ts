// Entries that say which run wrote them as its how manieth: a missing one shows.
import { z } from 'zod';
import type { LogKind } from '../../src/monitoring/index.ts';

export interface NumberedEntry {
  readonly time: string;
  readonly run: number;
  readonly number: number;
  readonly padding: string;
}

export const numberedKind: LogKind<NumberedEntry> = {
  prefix: 'numbered',
  schema: z.strictObject({
    ...{ time: z.iso.datetime({ precision: 3 }), run: z.int(), number: z.int() },
    padding: z.string(),
  }),
};
