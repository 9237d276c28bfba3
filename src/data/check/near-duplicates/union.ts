// Union-find over photo rows: which photos belong together when some pairs do.

export interface Union {
  /** The smallest row of the group that `row` is in. */
  root(row: number): number;
  join(a: number, b: number): void;
}

/** `count` rows, each in a group of its own. The smaller root wins, so the order of joins leaves no trace. */
export function createUnion(count: number): Union {
  const parent = Uint32Array.from({ length: count }, (_, row) => row);
  const root = (row: number): number => {
    let at = row;
    for (;;) {
      const up = parent[at] ?? at;
      if (up === at) return at;
      const above = parent[up] ?? up;
      parent[at] = above;
      at = above;
    }
  };
  return {
    root,
    join: (a, b) => {
      const [left, right] = [root(a), root(b)];
      parent[Math.max(left, right)] = Math.min(left, right);
    },
  };
}

/** The groups of two and more, each by rising row, by their first row. */
export function listGroups(union: Union, count: number): number[][] {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < count; row++) {
    const root = union.root(row);
    if (root === row) continue;
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [root, row]);
    else group.push(row);
  }
  return [...groups.values()].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}
