// A body past any limit is refused by the length that it announces, before a byte of it is sent.
import type { Check } from '../check.ts';
import { expectProblem } from '../expect.ts';

/** More than --max-body-bytes may be set to. */
const announcedBytes = 4 * 2 ** 30;

export const tooLarge: Check = {
  name: 'too large',
  run: async ({ predict }) =>
    expectProblem(await predict({ announcedBytes, headers: { 'content-type': 'image/jpeg' } }), [413]),
};
