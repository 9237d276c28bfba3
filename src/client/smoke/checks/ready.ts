// GET /ready: predictions are answered now.
import type { Check } from '../check.ts';
import { expectStatus } from '../expect.ts';

export const ready: Check = {
  name: 'ready',
  run: async ({ request }) => {
    expectStatus(await request({ method: 'GET', path: '/ready' }), [200]);
    return 'ready';
  },
};
