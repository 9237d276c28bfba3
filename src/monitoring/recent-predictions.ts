// What was predicted under which request id, for a while: feedback names the id and the truth.

export interface RecentPredictions {
  remember(id: string, label: string): void;
  /** The label that was answered; null when it was never here, or is forgotten. */
  recall(id: string): string | null;
}

/** Holds the latest `capacity` ids; an id that comes again counts as new. */
export function createRecentPredictions(capacity: number): RecentPredictions {
  const labels = new Map<string, string>();
  return {
    remember: (id, label) => {
      labels.delete(id);
      labels.set(id, label);
      if (labels.size <= capacity) return;
      // A Map keeps the order of insertion.
      const { value: oldest } = labels.keys().next();
      if (oldest !== undefined) labels.delete(oldest);
    },
    recall: (id) => labels.get(id) ?? null,
  };
}
