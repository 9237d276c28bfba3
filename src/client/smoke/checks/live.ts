// GET /live: the process is alive.
import type { Check } from '../check.ts';
import { expectStatus } from '../expect.ts';

export const live: Check = {
  name: 'live',
  run: async ({ request }) => {
    expectStatus(await request({ method: 'GET', path: '/live' }), [200]);
    return 'alive';
  },
};
