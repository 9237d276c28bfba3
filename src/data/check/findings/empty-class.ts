// Classes without a single photo, over all or in a split that has photos of others.
import { countClasses } from './class-counts.ts';
import type { ClassFinding } from './finding.ts';

export const emptyClass: ClassFinding<'empty-class'> = {
  id: 'empty-class',
  severity: 'error',
  title: 'empty class',
  explanation: 'A class without photos, over all or in one split: it cannot be learnt, or not be scored.',
  gate: { unit: 'count', limit: 0 },
  shows: 'classes',
  judge: (dataset) =>
    countClasses(dataset).flatMap(({ split, counts }) =>
      counts.flatMap((count, label) => {
        if (count > 0) return [];
        const detail = split === undefined ? 'no photos' : `no photos in ${split}`;
        return [
          { className: dataset.classNames[label] ?? '', ...(split === undefined ? {} : { split }), score: 0, detail },
        ];
      }),
    ),
};
