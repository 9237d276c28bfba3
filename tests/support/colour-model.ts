// A model file whose answers are known beforehand: logistic regression with weights set by hand, so that the redder a
// picture is than it is blue, the surer it is of the last class. And pictures to show it.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { buildInferenceGraph, layOut } from '../../src/graph/index.ts';
import { networkFor, outputColumns, withKnownAnswer, writeModelFile } from '../../src/models/index.ts';
import { testMetadata } from './test-metadata.ts';

export interface ColourModelOptions {
  readonly classNames?: readonly string[];
  readonly imageSizePx?: number;
  readonly temperature?: number;
  /** 4 unless told; NaN makes a broken model. */
  readonly strength?: number;
  /** With its known answer, so that it can be served; false unless told. */
  readonly knownAnswer?: boolean;
}

/** Two classes: logit = strength · (mean red − mean blue) / 255 for classNames[1]. Three: blue, green, red planes. */
export async function writeColourModel(path: string, options: ColourModelOptions = {}): Promise<void> {
  const {
    classNames = ['cats', 'dogs'],
    imageSizePx = 16,
    temperature = 1,
    strength = 4,
    knownAnswer = false,
  } = options;
  const params = { channels: [8], hidden: 8, dropout: 0 };
  const network = networkFor('logistic-regression', classNames.length, params);
  const layout = layOut(network, [1, 3, imageSizePx, imageSizePx]);
  const plane = imageSizePx ** 2;
  const columns = outputColumns(classNames.length);
  const parameters = new Float32Array(layout.parameterCount);
  const weight = layout.parameters.find(({ spec }) => spec.name === 'output/weight');
  if (weight === undefined) throw new Error('logistic regression has no output/weight');
  const [red, green, blue] = [0, 1, 2];
  const signs =
    columns === 1
      ? [
          [
            [red, 1],
            [blue, -1],
          ],
        ]
      : [[[blue, 1]], [[green, 1]], [[red, 1]]];
  for (const [column, planes] of signs.entries())
    for (const [channel = 0, sign = 0] of planes) {
      const start = weight.offset + column * 3 * plane + channel * plane;
      parameters.fill((sign * strength) / plane, start, start + plane);
    }
  const graph = buildInferenceGraph({
    network,
    layout,
    weights: { parameters, statistics: new Float32Array(layout.statisticCount) },
    imageSizePx,
  });
  const metadata = testMetadata({
    name: 'colour',
    kind: 'logistic-regression',
    classNames: [...classNames],
    preprocessing: { imageSizePx, fit: 'stretch', filter: 'bilinear', mean: [0, 0, 0], std: [255, 255, 255] },
    temperature,
  });
  await writeModelFile(path, graph, knownAnswer ? await withKnownAnswer(graph, metadata) : metadata);
}

/** Writes a picture of one colour. The ending chooses the format. */
export async function writeColourPicture(path: string, colour: readonly [number, number, number]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const [r, g, b] = colour;
  const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: { r, g, b } } });
  const bytes = await (path.endsWith('.png') ? picture.png() : picture.jpeg({ quality: 95 })).toBuffer();
  await writeFile(path, bytes);
}
