// Where the pictures of a sample data set lie, and the README.txt by which it is recognised.
import { z } from 'zod';

export const sampleClasses = [
  { label: 'cat', folder: 'cats' },
  { label: 'dog', folder: 'dogs' },
] as const;

export const readmeName = 'README.txt';

/** Pictures of each class: half each, cats one more of an odd count. */
export function classCounts(count: number): readonly [number, number] {
  return [Math.ceil(count / 2), Math.floor(count / 2)];
}

/** `cats/cat-00001.jpg` of the first cat; `/` as the separator. */
export function picturePath(classIndex: 0 | 1, index: number): string {
  const { label, folder } = sampleClasses[classIndex];
  return `${folder}/${label}-${String(index + 1).padStart(5, '0')}.jpg`;
}

/** The picture's index by its name in its class folder; undefined for other names. */
export function pictureIndex(classIndex: 0 | 1, name: string): number | undefined {
  const digits = /^(?:cat|dog)-(\d{5,})\.jpg$/.exec(name)?.[1];
  const index = Number(digits) - 1;
  return digits !== undefined && index >= 0 && picturePath(classIndex, index).endsWith(`/${name}`) ? index : undefined;
}

const identitySchema = z.strictObject({
  seed: z.int(),
  /** How many pictures the last run was asked for. */
  count: z.int().min(2),
  /** Version of the drawing: another one draws other pictures from the same seed. */
  drawing: z.int(),
});

/** What makes two sample data sets the same. */
export type SampleIdentity = z.infer<typeof identitySchema>;

export function readmeText(identity: SampleIdentity): string {
  const [cats, dogs] = classCounts(identity.count);
  return `Drawn cats and dogs
===================

${identity.count} pictures, drawn by Pawprint: ${cats} in cats/, ${dogs} in dogs/.
They are drawings made by a program, NOT photos. A model trained on them knows
drawn animals only; train on photos for anything else.

To the extent possible under law, the authors have waived all rights to these
pictures: CC0 1.0 Universal, public domain dedication.

The same pictures again, byte for byte:
  pawprint data sample --to DIR --count ${identity.count} --seed ${identity.seed}

${identityLine(identity)}
`;
}

// Pawprint reads this line to go on with a run that was stopped.
function identityLine({ seed, count, drawing }: SampleIdentity): string {
  return `pawprint-sample: ${JSON.stringify({ seed, count, drawing })}`;
}

/** Reads a README.txt; undefined when Pawprint did not write it. */
export function parseReadme(text: string): SampleIdentity | undefined {
  const line = /^pawprint-sample: (\{.*\})$/m.exec(text)?.[1];
  if (line === undefined) return undefined;
  try {
    return identitySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
