// The progress port: long work reports through it, the command line draws it (a bar on a terminal, lines elsewhere).

/** One piece of long work. */
export interface ProgressTask {
  /** `done` of the task's total, with a word about the current state. */
  update(done: number, note?: string): void;
  finish(note?: string): void;
}

export interface Progress {
  /** `total` undefined: unknown beforehand. `unit`: photos, epochs, bytes … */
  start(label: string, total: number | undefined, unit: string): ProgressTask;
  /** A line for the reader, between or above the bars. */
  line(text: string): void;
}

/** Reports nothing. */
export const silentProgress: Progress = {
  start: () => ({ update: () => undefined, finish: () => undefined }),
  line: () => undefined,
};
