// Whether the heat of an explanation is true, over a folder of photos: how much the answer's probability falls when the
// hottest quarter, the coldest and a random one are covered. Usage: node bench/explain.ts [--model FILE] [--photos DIR]
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/core/index.ts';
import { createPreprocessor } from '../src/image/index.ts';
import { createExplainer, listPhotoInputs, Predictor, summariseOcclusion } from '../src/inference/index.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/cats-vs-dogs/transfer.onnx' },
    photos: { type: 'string', default: '../shared/data/cats-vs-dogs/test' },
  },
});
const [explainer, predictor] = [await createExplainer(values.model), await Predictor.load(values.model)];
const preprocessor = createPreprocessor(predictor.metadata.preprocessing);
let count = 0;

async function* records(): AsyncGenerator<Uint8Array> {
  for await (const input of listPhotoInputs([values.photos], (path) => path)) {
    if (!('path' in input)) continue;
    count++;
    yield Uint8Array.from(await preprocessor.record(await readFile(input.path)));
  }
}

const { hot, cold, random, hotterShare } = await summariseOcclusion({ explainer, predictor }, records(), (i) =>
  createRandom('occlusion', i),
);
await Promise.all([explainer.close(), predictor.close()]);
console.log(
  `${predictor.metadata.name} (${explainer.method}), ${count} photos: covered hot ${hot.toFixed(3)}, random ${random.toFixed(3)}, ` +
    `cold ${cold.toFixed(3)}; hot costs more than cold on ${(100 * hotterShare).toFixed(1)} %`,
);
