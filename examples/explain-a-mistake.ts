// Where a model went wrong, and what it looked at: node examples/explain-a-mistake.ts [--photos DIR]
// DIR has class folders. The surest mistakes of the CNN in the box are explained, both for what it said and for the truth.
import { join, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { pawprint, photosFlag, workFolder } from './support.ts';

interface Row {
  readonly file: string;
  readonly label: string;
  readonly predicted: string;
  readonly correct: string;
  readonly confidence: string;
}

const cwd = workFolder('explain-a-mistake');
const model = resolve(import.meta.dirname, '../models/cats-vs-dogs/cnn.onnx');
const photos = photosFlag() ?? join(cwd, 'drawn');
if (photosFlag() === undefined) pawprint(cwd, 'data', 'sample', '--to', 'drawn', '--count', '100', '--quiet');
pawprint(cwd, 'evaluate', '--model', model, '--data', photos, '--out', 'report', '--quiet');

const rows: Row[] = parse(readFileSync(join(cwd, 'report/predictions.csv')), { columns: true });
const mistakes = rows
  .filter(({ correct }) => correct === '0')
  .sort((a, b) => Number(b.confidence) - Number(a.confidence))
  .slice(0, 3);
for (const { file, label, predicted } of mistakes)
  for (const name of [predicted, label])
    pawprint(
      cwd,
      'explain',
      join(photos, file),
      '--model',
      model,
      '--class',
      name,
      '--out',
      `${file.replace(/\W/g, '-')}-${name}.png`,
    );
console.log(`\n${mistakes.length} mistakes explained: look at the pictures in ${cwd}`);
