// Matching the class names of a data set to a model's: `Cat`, `cats` and `CATS` are one class.
import { PawprintError } from './errors.ts';

/** The forms by which a name may be known: itself and what its English plural endings leave. */
function forms(name: string): Set<string> {
  const plain = name.trim().toLowerCase();
  const all = new Set([plain]);
  if (plain.endsWith('s')) all.add(plain.slice(0, -1));
  if (plain.endsWith('es')) all.add(plain.slice(0, -2));
  if (plain.endsWith('ies')) all.add(`${plain.slice(0, -3)}y`);
  return all;
}

/**
 * The label of the class that `name` means: the same but for capitals, or else the one class whose singular or plural
 * it is; null when there is none. Throws DATASET_INVALID when two classes are as near.
 */
export function matchClass(name: string, classNames: readonly string[]): number | null {
  const plain = name.trim().toLowerCase();
  const exact = classNames.findIndex((each) => each === name);
  if (exact >= 0) return exact;
  const equal = classNames.flatMap((each, label) => (each.trim().toLowerCase() === plain ? [label] : []));
  const own = forms(name);
  const near = classNames.flatMap((each, label) => ([...forms(each)].some((form) => own.has(form)) ? [label] : []));
  const found = equal.length > 0 ? equal : near;
  if (found.length > 1)
    throw new PawprintError('DATASET_INVALID', {
      message: `"${name}" could be more than one of the model's classes`,
      expected: 'a name that is one class alone',
      received: found.map((label) => classNames[label]).join(', '),
      hint: 'Rename the folder to the very name of the class.',
    });
  return found[0] ?? null;
}

/** The label of the class that `name` means; throws DATASET_INVALID, naming the model's classes, when there is none. */
export function requireClass(name: string, classNames: readonly string[], where: string): number {
  const label = matchClass(name, classNames);
  if (label !== null) return label;
  throw new PawprintError('DATASET_INVALID', {
    message: `the model does not know the class "${name}" (${where})`,
    expected: `one of the model's classes: ${classNames.join(', ')}`,
    received: name,
    hint: 'Rename the class, take it out of the data, or evaluate a model that was trained on it.',
  });
}
