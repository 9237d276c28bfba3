// A request id that the client gives comes back in the header and in the answer.
import { randomBytes } from 'node:crypto';
import { quoteForeign } from '../../text-table.ts';
import { predictionSchema } from '../../wire.ts';
import type { Check } from '../check.ts';
import { failed } from '../check-failure.ts';
import { expectJson, expectStatus } from '../expect.ts';

export const requestId: Check = {
  name: 'request id',
  run: async ({ set, predictForm }) => {
    const id = `smoke-${randomBytes(8).toString('hex')}`;
    const response = await predictForm(set.pictures.slice(0, 1), { 'x-request-id': id });
    expectStatus(response, [200]);
    const inHeader = String(response.headers['x-request-id'] ?? 'none');
    if (inHeader !== id) throw failed(`X-Request-ID ${quoteForeign(inHeader, 40)} for ${id}`);
    const inAnswer = expectJson(response, predictionSchema).requestId;
    if (inAnswer !== id) throw failed(`requestId ${quoteForeign(inAnswer, 40)} for ${id}`);
    return 'comes back';
  },
};
