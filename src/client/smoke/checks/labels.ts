// The labels of the pictures are right, where the service's model knows their classes.
import { matchClass, PawprintError } from '../../../core/index.ts';
import { quoteForeign } from '../../text-table.ts';
import type { Check, NotChecked } from '../check.ts';
import { failed } from '../check-failure.ts';
import type { SmokeVisit } from '../visit.ts';

export const labels: Check = { name: 'labels', run: (visit) => Promise.resolve(compareLabels(visit)) };

function compareLabels({ set, answers }: SmokeVisit): string | NotChecked {
  const classNames = Object.keys(answers[0]?.answer.probabilities ?? {});
  if (classNames.length === 0) return { notChecked: 'no picture was answered' };
  const known = classNames.map((name) => quoteForeign(name, 30)).join(', ');
  const unknown = set.pictures.find(({ className }) => meant(className, classNames) === undefined);
  if (unknown !== undefined) {
    if (set.inTheBox)
      return { notChecked: `the model knows ${known}; give photos of these: --photos DIR, in DIR/<class>/` };
    throw failed(`the model does not know the class ${unknown.className}; it knows ${known}`);
  }
  const wrong = answers.filter(({ picture, answer }) => meant(picture.className, classNames) !== answer.label);
  const [first] = wrong;
  if (first === undefined) {
    const seen = new Set(answers.map(({ answer }) => quoteForeign(answer.label, 30)));
    return `all ${answers.length} right: ${[...seen].join(', ')}`;
  }
  const { label, confidence } = first.answer;
  throw failed(
    `${wrong.length} of ${answers.length} wrong; ${first.picture.name}: ` +
      `${quoteForeign(label, 30)} ${(100 * confidence).toFixed(1)} %` +
      (set.inTheBox ? '; with photos of your own: --photos DIR' : ''),
  );
}

/** The service's name of the class that a folder is named after; undefined when it has none, or more than one. */
function meant(folder: string, classNames: readonly string[]): string | undefined {
  try {
    return classNames[matchClass(folder, classNames) ?? -1];
  } catch (error) {
    if (error instanceof PawprintError) return undefined;
    throw error;
  }
}
