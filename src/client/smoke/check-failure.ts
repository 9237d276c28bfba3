// What a check found wrong. Never leaves the smoke test: it becomes a row of the report.

export class CheckFailure extends Error {
  /** Why the service gave no answer at all, no HTTP status even; null when it answered, whatever it said. */
  readonly noAnswer: string | null;

  constructor(words: string, noAnswer: string | null) {
    super(words);
    this.noAnswer = noAnswer;
  }
}

export function failed(words: string): CheckFailure {
  return new CheckFailure(words, null);
}
