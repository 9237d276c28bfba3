// A classifier from a dozen photos, six a class: node examples/dozen-photos.ts [--photos DIR]
// DIR has train/ and test/ with class folders. Without it, drawn cats and dogs; fails under the accuracy stated below.
import { join } from 'node:path';
import { copySome, pawprint, photosFlag, workFolder } from './support.ts';

const cwd = workFolder('dozen-photos');
const photos = photosFlag();
if (photos === undefined) {
  pawprint(cwd, 'data', 'sample', '--to', 'drawn/test', '--count', '100', '--seed', '2', '--quiet');
  pawprint(cwd, 'data', 'sample', '--to', 'drawn/train', '--count', '12', '--seed', '3', '--quiet');
}
const source = photos ?? join(cwd, 'drawn');
copySome(join(source, 'train'), join(cwd, 'dozen'), 6);

pawprint(cwd, 'train', 'transfer', '--data', 'dozen', '--out', 'mine.onnx');
const scores = pawprint(cwd, 'evaluate', '--model', 'mine.onnx', '--data', join(source, 'test'), '--json', '--quiet');
const { correct, total } = JSON.parse(scores) as { correct: number; total: number };
console.log(`\nFrom 12 pictures: ${correct} of ${total} others right.`);
if (correct / total < 0.75) {
  console.error('That is less than 75 %: something is wrong.');
  process.exitCode = 1;
}
