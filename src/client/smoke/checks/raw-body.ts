// POST /predict with the picture itself as the body: the same answer as by form.
import { extname } from 'node:path';
import { contradictionIn, predictionSchema, sameAnswer } from '../../wire.ts';
import type { Check } from '../check.ts';
import { failed } from '../check-failure.ts';
import { expectJson, expectStatus } from '../expect.ts';

const types: Partial<Record<string, string>> = { '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png' };

export const rawBody: Check = {
  name: 'raw body',
  run: async ({ set, answers, predict }) => {
    const [picture] = set.pictures;
    if (picture === undefined) return { notChecked: 'no picture' };
    const type = types[extname(picture.name).toLowerCase()] ?? 'application/octet-stream';
    const response = await predict({ body: picture.bytes, headers: { 'content-type': type } });
    expectStatus(response, [200]);
    const answer = expectJson(response, predictionSchema);
    const contradiction = contradictionIn(answer);
    if (contradiction !== null) throw failed(contradiction);
    const byForm = answers.find((each) => each.picture === picture);
    if (byForm === undefined) return 'answered';
    if (!sameAnswer(byForm.answer, answer)) throw failed(`${picture.name}: another answer than by form`);
    return 'the same answer as by form';
  },
};
