// What is no picture is refused, and says so.
import type { Check } from '../check.ts';
import { expectProblem } from '../expect.ts';

const noPicture = Buffer.from('This is text, whatever its name says.\n');

export const badFile: Check = {
  name: 'bad file',
  run: async ({ predictForm }) =>
    expectProblem(await predictForm([{ name: 'no-picture.jpg', bytes: noPicture }]), [415, 422]),
};
