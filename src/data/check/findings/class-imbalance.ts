// Classes with far more photos than others.
import { countClasses } from './class-counts.ts';
import type { ClassFinding } from './finding.ts';

export const classImbalance: ClassFinding<'class-imbalance'> = {
  id: 'class-imbalance',
  severity: 'warning',
  title: 'class imbalance',
  explanation: 'One class has far more photos than another: a model that always says it scores well already.',
  threshold: { value: 3, meaning: "photos of the largest class for each of a smaller one's; flagged when more" },
  shows: 'classes',
  judge: (dataset, threshold) =>
    countClasses(dataset).flatMap(({ split, counts }) => {
      const largest = Math.max(...counts);
      return counts.flatMap((count, label) => {
        if (count === 0 || largest / count <= threshold) return [];
        const where = split === undefined ? '' : ` in ${split}`;
        const detail = `${count} photos${where}, the largest class has ${largest}`;
        const className = dataset.classNames[label] ?? '';
        return [{ className, ...(split === undefined ? {} : { split }), score: largest / count, detail }];
      });
    }),
};
