// The last blocks of a backbone trained on: node examples/fine-tune.ts [--photos DIR]
// DIR has class folders, or train/ and test/. It may help nothing (the command then says so and keeps the head alone):
// features of ImageNet are hard to beat on pets.
import { join } from 'node:path';
import { pawprint, photosFlag, workFolder } from './support.ts';

const cwd = workFolder('fine-tune');
const photos = photosFlag() ?? join(cwd, 'drawn');
if (photosFlag() === undefined) pawprint(cwd, 'data', 'sample', '--to', 'drawn', '--count', '120', '--quiet');
pawprint(cwd, 'train', 'transfer', '--data', photos, '--out', 'head.onnx');
pawprint(cwd, 'train', 'transfer', '--data', photos, '--fine-tune', '3', '--out', 'tuned.onnx');
