// GET /health says ok, ready, and which model answers.
import { quoteForeign } from '../../text-table.ts';
import { healthSchema } from '../../wire.ts';
import type { Check } from '../check.ts';
import { expectJson, expectStatus } from '../expect.ts';

export const health: Check = {
  name: 'health',
  run: async ({ request }) => {
    const answer = await request({ method: 'GET', path: '/health' });
    expectStatus(answer, [200]);
    const { model } = expectJson(answer, healthSchema);
    return `model ${quoteForeign(model.name)}${model.version === undefined ? '' : ` ${quoteForeign(model.version, 20)}`}`;
  },
};
