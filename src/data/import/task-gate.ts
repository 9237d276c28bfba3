// Lets a bounded number of tasks run side by side and keeps the first failure for later.

export interface TaskGate {
  /** Waits for a free place, starts `task` and returns. Throws the first failure of an earlier task. */
  run(task: () => Promise<void>): Promise<void>;
  /** Waits for all that were started; never throws. */
  settled(): Promise<void>;
  throwIfFailed(): void;
}

export function createTaskGate(places: number): TaskGate {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const throwIfFailed = (): void => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    throwIfFailed,
    run: async (task) => {
      while (running.size >= places) await Promise.race(running);
      throwIfFailed();
      const started = task()
        .catch((error: unknown) => {
          failures.push(error);
        })
        .finally(() => running.delete(started));
      running.add(started);
    },
    settled: async () => {
      await Promise.all(running);
    },
  };
}
