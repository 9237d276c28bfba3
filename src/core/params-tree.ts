// Settings as nested plain objects: laid over each other, and asked whether they hold a key.

/** Settings by key, nested. */
export interface ParamsTree {
  readonly [key: string]: unknown;
}

/** A tree without a prototype, so that a key called __proto__ is a key like any other (and then an unknown one). */
export function emptyTree(entries: ParamsTree = {}): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, entries);
}

export function isTree(value: unknown): value is ParamsTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function mergeTrees(below: ParamsTree, above: ParamsTree): ParamsTree {
  const merged = emptyTree(below);
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const under = merged[key];
    merged[key] = isTree(value) ? mergeTrees(isTree(under) ? under : {}, value) : value;
  }
  return merged;
}

/** Whether the tree has a value at `path`, or settings below it. */
export function holds(tree: ParamsTree, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  if (!Object.hasOwn(tree, key) || tree[key] === undefined) return false;
  const value = tree[key];
  return rest.length === 0 || !isTree(value) || holds(value, rest);
}
