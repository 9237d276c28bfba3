// A `data prepare` to be killed: node prepare-child.ts SOURCE TARGET. Says "listed" once it has begun.
import { prepareDataset, prepareParamsSchema } from '../../src/data/index.ts';

const [source = '', target = ''] = process.argv.slice(2);
await prepareDataset({
  source,
  target,
  seed: 7,
  params: prepareParamsSchema.parse({ imageSizePx: 16 }),
  progress: {
    line: () => undefined,
    start: (label) => {
      process.stdout.write(`${label}\n`);
      return { update: () => undefined, finish: () => undefined };
    },
  },
});
