// What `pawprint predict` says of pictures, by their content: the measure of what the service may answer.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runPawprint } from '../run-pawprint.ts';

export interface OfflineAnswer {
  readonly label?: string;
  readonly answer?: string;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly error?: { readonly code: string };
}

/** Runs the command over all of them at once; the function then knows each. */
export async function predictOffline(
  pictures: readonly Buffer[],
  { cwd, model }: { readonly cwd: string; readonly model: string },
): Promise<(picture: Buffer) => OfflineAnswer> {
  const nameOf = (picture: Buffer): string => `${createHash('sha256').update(picture).digest('hex')}.jpg`;
  const folder = 'offline';
  await mkdir(join(cwd, folder));
  for (const picture of pictures) await writeFile(join(cwd, folder, nameOf(picture)), picture);
  const { out, err } = await runPawprint(['predict', folder, '--model', model, '--json'], { cwd });
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as OfflineAnswer & { file: string });
  const answers = new Map(lines.map((line) => [line.file, line]));
  return (picture) => {
    const answer = answers.get(join(folder, nameOf(picture)));
    if (answer === undefined) throw new Error(`pawprint predict did not answer for a picture: ${err}`);
    return answer;
  };
}
