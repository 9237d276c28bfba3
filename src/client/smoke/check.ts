// The form that every check of the smoke test has.
import type { SmokeVisit } from './visit.ts';

export interface Check {
  readonly name: string;
  /** Resolves to a few words on what was seen; throws a CheckFailure. */
  readonly run: (visit: SmokeVisit) => Promise<string | NotChecked>;
}

/** Nothing is wrong, but nothing was looked at either: why, and what to do about it. */
export interface NotChecked {
  readonly notChecked: string;
}
