// How many of the flagged pictures reports show: the first ones, so that a page stays a page.
import type { CheckResult, FlaggedGroup } from './check-result.ts';

/** On the page, of one finding. */
export const shownPhotos = 24;
export const shownGroups = 12;
export const shownInGroup = 6;

/** The photos of a group that the page shows side by side: one of each folder (split, class) before any second. */
export function shownOfGroup({ paths }: FlaggedGroup): readonly string[] {
  if (paths.length <= shownInGroup) return paths;
  const firsts = new Map<string, string>();
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (!firsts.has(folder)) firsts.set(folder, path);
  }
  return [...new Set([...firsts.values(), ...paths.slice(0, shownInGroup)])].slice(0, shownInGroup);
}

/** Every path that the page shows, each once. */
export function shownPaths({ findings }: CheckResult): string[] {
  const paths = Object.values(findings).flatMap(({ photos = [], groups = [] }) => [
    ...photos.slice(0, shownPhotos).map(({ path }) => path),
    ...groups.slice(0, shownGroups).flatMap(shownOfGroup),
  ]);
  return [...new Set(paths)];
}
