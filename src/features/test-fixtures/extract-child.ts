// An extraction to be killed: node extract-child.ts BACKBONE CACHE PHOTO… Writes a line for each batch that is done.
import { createFeatureExtractor, openBackbone } from '../index.ts';

const [path = '', cacheDirectory = '', ...photos] = process.argv.slice(2);
const extractor = createFeatureExtractor({
  backbone: await openBackbone(path),
  cacheDirectory,
  workers: 1,
  progress: {
    line: () => undefined,
    start: () => ({ update: (done) => process.stdout.write(`${done}\n`), finish: () => undefined }),
  },
});
await extractor.extract(photos.map((photo) => ({ path: photo })));
await extractor.close();
