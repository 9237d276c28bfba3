// POST /predict takes one picture: two are refused, not half answered.
import type { Check } from '../check.ts';
import { expectProblem } from '../expect.ts';

export const twoFiles: Check = {
  name: 'two files',
  run: async ({ set, predictForm }) => {
    const [picture] = set.pictures;
    if (picture === undefined) return { notChecked: 'no picture' };
    return expectProblem(await predictForm([picture, picture]), [400, 413, 422]);
  },
};
