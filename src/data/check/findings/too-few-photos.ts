// Classes with too few photos to learn from.
import { countClasses } from './class-counts.ts';
import type { ClassFinding } from './finding.ts';

export const tooFewPhotos: ClassFinding<'too-few-photos'> = {
  id: 'too-few-photos',
  severity: 'warning',
  title: 'too few photos',
  explanation: 'Too few photos of a class to learn it and to score it.',
  threshold: { value: 20, meaning: 'photos of a class; flagged when fewer' },
  shows: 'classes',
  judge: (dataset, threshold) =>
    (countClasses(dataset)[0]?.counts ?? []).flatMap((count, label) =>
      count > 0 && count < threshold
        ? [{ className: dataset.classNames[label] ?? '', score: count, detail: `${count} photos` }]
        : [],
    ),
};
