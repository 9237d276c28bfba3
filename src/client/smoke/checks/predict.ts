// POST /predict by form: every picture gets an answer whose numbers agree with one another. Whether the labels are right
// is the next check.
import { contradictionIn, predictionSchema } from '../../wire.ts';
import type { Check } from '../check.ts';
import { failed } from '../check-failure.ts';
import { expectJson, expectStatus } from '../expect.ts';

export const predict: Check = {
  name: 'predict',
  run: async ({ set, answers, predictForm }) => {
    for (const picture of set.pictures) {
      const response = await predictForm([picture]);
      expectStatus(response, [200]);
      const answer = expectJson(response, predictionSchema);
      const contradiction = contradictionIn(answer);
      if (contradiction !== null) throw failed(`${picture.name}: ${contradiction}`);
      answers.push({ picture, answer });
    }
    return `${answers.length} pictures answered`;
  },
};
