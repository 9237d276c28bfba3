import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import {
  barChart,
  confusionMatrixChart,
  histogram,
  learningCurves,
  lineChart,
  reliabilityChart,
  renderPng,
  rocChart,
  scatterChart,
} from './index.ts';
import { countBins } from './histogram.ts';
import { linePath } from './line-chart.ts';
import { inkOn, shade } from './palette.ts';
import { createScale, formatNumber, roundBounds } from './scale.ts';
import { drawText, fitText, measureText, wrapText } from './text.ts';

const epoch = {
  epoch: 1,
  trainLoss: 0.7,
  validationLoss: null,
  trainAccuracy: 0.5,
  validationAccuracy: NaN,
  learningRate: 0.001,
};
const rocPoints = [0, 0.5, 1].map((rate) => ({
  threshold: 1 - rate,
  falsePositiveRate: rate,
  truePositiveRate: Math.sqrt(rate),
}));
const twoByTwo = {
  classNames: ['cat', 'dog'],
  matrix: [
    [421, 79],
    [84, 416],
  ],
};

const samples: Readonly<Record<string, string>> = {
  'confusion matrix': confusionMatrixChart(twoByTwo),
  'confusion matrix of one class nobody has': confusionMatrixChart({
    classNames: ['<cat> & "co"', ''],
    matrix: [
      [0, 0],
      [3, 0],
    ],
  }),
  'confusion matrix of 100 classes': confusionMatrixChart({
    classNames: Array.from({ length: 100 }, (_, i) => `a class with a long name, number ${i}`),
    matrix: Array.from({ length: 100 }, (_, i) => Array.from({ length: 100 }, (_, j) => (i === j ? 9 : 0))),
  }),
  'ROC curve': rocChart({
    series: [{ name: 'dog', points: rocPoints, auc: 0.9, interval95: { low: 0.8, high: 0.95 } }],
    threshold: 0.5,
  }),
  'ROC curve without a curve': rocChart({ series: [] }),
  'reliability diagram': reliabilityChart({
    bins: [{ low: 0.9, high: 1, count: 50, meanProbability: 0.95, observed: 0.8 }],
    expectedCalibrationError: 0.15,
  }),
  'reliability diagram without photos': reliabilityChart({ bins: [], expectedCalibrationError: NaN }),
  'learning curves': learningCurves({ epochs: [epoch, { ...epoch, epoch: 2, trainLoss: Infinity }], bestEpoch: 1 }),
  'learning curves before the first epoch': learningCurves({ epochs: [] }),
  'bar chart': barChart({
    title: 'Photos',
    xLabel: 'class',
    y: { label: 'photos' },
    categories: ['cat', 'dog'],
    series: [{ name: 'train', values: [3, NaN] }],
  }),
  'bar chart of nothing': barChart({
    title: 'Photos',
    xLabel: 'class',
    y: { label: 'photos' },
    categories: [],
    series: [],
  }),
  'scatter chart': scatterChart({
    title: 'Rate',
    x: { label: 'lr', logarithmic: true },
    y: { label: 'loss' },
    points: [
      { x: 0.001, y: 0.5 },
      { x: 0.01, y: NaN },
    ],
  }),
  'scatter chart without points': scatterChart({ title: 'Rate', x: { label: 'lr' }, y: { label: 'loss' }, points: [] }),
  histogram: histogram({
    title: 'Width',
    x: { label: 'width (pixels)' },
    series: [
      { name: 'cat', values: [1, 2, NaN] },
      { name: 'dog', values: [] },
    ],
  }),
  'line chart with unknown writing': lineChart({
    title: '猫と犬 \ud800 \u0007',
    x: { label: 'x' },
    y: { label: 'y' },
    series: [{ name: 'a', points: [{ x: 0, y: 3 }] }],
  }),
};

for (const [name, svg] of Object.entries(samples))
  test(`${name}: the same SVG each time, no NaN in it, every letter defined, and it renders`, async () => {
    assert.doesNotMatch(svg.replace(/<desc>.*?<\/desc>/s, ''), /NaN|Infinity|undefined/);
    for (const [, id = ''] of svg.matchAll(/href="#(g[0-9a-f]+)"/g)) assert.ok(svg.includes(`<path id="${id}"`), id);
    assert.doesNotMatch(svg, /\sstyle=|<script/);
    const { width, height } = await sharp(await renderPng(svg, 2)).metadata();
    const [, svgWidth, svgHeight] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    assert.deepEqual([width, height], [2 * Number(svgWidth), 2 * Number(svgHeight)]);
  });

test('hostile class names stay text', () => {
  assert.ok(samples['confusion matrix of one class nobody has']?.includes('&lt;cat&gt;') === true);
  assert.doesNotMatch(samples['confusion matrix of one class nobody has'] ?? '', /<cat>/);
});

test('a description in words says what the picture shows', () => {
  assert.match(
    samples['confusion matrix'] ?? '',
    /<desc>cat: 421 taken for cat, 79 taken for dog; dog: 84 taken for cat, 416/,
  );
});

test(
  'text is there on a machine without any font',
  { skip: process.platform === 'win32' && 'fontconfig is not used there' },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'pawprint-fonts-'));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'fonts.conf'), '<?xml version="1.0"?><fontconfig></fontconfig>');
    const run = (svg: string): Buffer => {
      const script = fileURLToPath(new URL('./test-fixtures/render-without-fonts.ts', import.meta.url));
      const result = spawnSync(process.execPath, [script], {
        input: svg,
        env: { FONTCONFIG_FILE: join(folder, 'fonts.conf'), FONTCONFIG_PATH: folder },
      });
      assert.equal(result.status, 0, result.stderr.toString());
      return result.stdout;
    };
    const page = (content: string): string =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><rect width="200" height="40" fill="#fff"/>${content}</svg>`;
    const dark = (pixels: Buffer): number => pixels.reduce((sum, value) => sum + (value < 100 ? 1 : 0), 0);
    // A <text> element shows that there is really no font here: what is left of it is nothing or empty boxes.
    const asText = run(page('<text x="4" y="30" font-size="26">wwww</text>'));
    const asText2 = run(page('<text x="4" y="30" font-size="26">mmmm</text>'));
    assert.deepEqual(asText, asText2, 'different letters look different only where there is a font');
    const chart = run(samples['confusion matrix'] ?? '');
    const normal = await sharp(await renderPng(samples['confusion matrix'] ?? '', 1))
      .greyscale()
      .raw()
      .toBuffer();
    assert.ok(dark(chart) > 500);
    assert.deepEqual(chart, normal);
  },
);

test('text width follows its letters; too long a name is cut, too long a title is broken', () => {
  assert.ok(measureText('iii', 10) < measureText('www', 10));
  assert.equal(measureText('ab', 20), 2 * measureText('ab', 10));
  const cut = fitText('Nova Scotia Duck Tolling Retriever', 12, 100);
  assert.ok(cut.endsWith('…') && measureText(cut, 12) <= 100);
  assert.equal(fitText('cat', 12, 100), 'cat');
  const lines = wrapText('one two three four five six', 12, 60);
  assert.equal(lines.join(' '), 'one two three four five six');
  assert.ok(lines.length > 1 && lines.every((line) => measureText(line, 12) <= 60));
});

test('the end of right-aligned text stands at x', () => {
  const width = measureText('cat', 10);
  assert.ok(
    drawText('cat', { x: 50, y: 0, sizePx: 10, anchor: 'end' }).includes(
      `translate(${-Math.round(width * 100) / 100} 0)`,
    ),
  );
});

test('scales have round ticks and labels with just enough decimals', () => {
  const labels = (low: number, high: number, more = {}): string[] => {
    const scale = createScale({ low, high, range: [0, 100], ...more });
    return scale.ticks.map(scale.format);
  };
  assert.deepEqual(labels(0, 1, { percent: true }), ['0 %', '20 %', '40 %', '60 %', '80 %', '100 %']);
  assert.deepEqual(labels(0.985, 1, { percent: true }), ['98.5 %', '99.0 %', '99.5 %', '100.0 %']);
  assert.deepEqual(labels(0, 3, { whole: true }), ['0', '1', '2', '3']);
  assert.deepEqual(labels(-1, 1), ['−1.0', '−0.5', '0.0', '0.5', '1.0']);
  assert.deepEqual(labels(0.001, 10, { logarithmic: true }), ['0.001', '0.01', '0.1', '1', '10']);
  assert.equal(createScale({ low: 0, high: 10, range: [100, 0] }).position(2.5), 75);
  assert.deepEqual(roundBounds([0.13, NaN, 0.87, Infinity]), [0, 1]);
  assert.deepEqual(roundBounds([]), [0, 1]);
  assert.equal(formatNumber(1234567.891, 1), '1\u2009234\u2009567.9');
});

test('a curve keeps its bends and its spikes while flat points go; a gap breaks it', () => {
  const plot = {
    x: createScale({ low: 0, high: 100, range: [0, 100] }),
    y: createScale({ low: 0, high: 100, range: [0, 100] }),
  };
  const flat = Array.from({ length: 90 }, (_, i) => ({ x: i, y: 10 }));
  assert.equal(linePath(plot, [...flat, { x: 89, y: 90 }, { x: 89, y: 10 }]), 'M0 10L89 10L89 90L89 10');
  assert.equal(
    linePath(plot, [
      { x: 0, y: 1 },
      { x: 1, y: NaN },
      { x: 2, y: 3 },
    ]),
    'M0 1M2 3',
  );
  assert.equal(linePath(plot, []), '');
});

test('bins count every finite value once, those beyond the axis at its ends', () => {
  assert.deepEqual(countBins([-5, 0, 0.1, 0.99, 1, 7, NaN], [0, 1], 4), [3, 0, 0, 3]);
});

test('words on shaded cells have a contrast of 4.5 or more at every shade', () => {
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (let share = 0; share <= 1; share += 0.01) {
    const [a, b] = [luminance(shade(share)), luminance(inkOn(shade(share)))];
    assert.ok((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) >= 4.5, `${share}`);
  }
});
