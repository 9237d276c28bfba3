import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { heatLegend, heatLegendHeightPx } from './heat-legend.ts';
import { renderPng } from './render-png.ts';

const colours = ['#000000', '#ff0000', '#ffff00'];

test('the legend is as wide as the picture, with every colour, and says its words to screen readers', async () => {
  const svg = heatLegend({ widthPx: 420, title: 'cats <b> 97 %', detail: 'evidence', colours });
  const { width, height } = await sharp(await renderPng(svg, 1)).metadata();
  assert.deepEqual([width, height], [420, heatLegendHeightPx]);
  for (const colour of colours) assert.ok(svg.includes(colour), colour);
  assert.match(svg, /<title>cats &lt;b&gt; 97 %; evidence<\/title>/);
});

test('words that are too long never run into the colours', async () => {
  const long = 'a very long name of a class, again and again, '.repeat(5);
  const svg = heatLegend({ widthPx: 400, title: long, detail: long, colours });
  const { data, info } = await sharp(await renderPng(svg, 1))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  // The gap between the words and the scale: 14 px left of it.
  const gap = Array.from({ length: info.height }, (_, y) => [
    ...data.subarray(3 * (y * 400 + 279), 3 * (y * 400 + 287)),
  ]);
  assert.ok(gap.flat().every((value) => value > 240));
});
