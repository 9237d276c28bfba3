import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeImage, heatLegendHeightPx } from '../../image/index.ts';
import { heatColour, toHex } from './heat-colours.ts';
import { drawOverlay, layHeat } from './overlay.ts';

const everything = { left: 0, top: 0, width: 1, height: 1 };
const greyRow = (width: number): { width: number; height: number; data: Uint8Array } => ({
  width,
  height: 1,
  data: new Uint8Array(3 * width).fill(100),
});
const pixelsOf = (data: Uint8Array): number[][] =>
  Array.from({ length: data.length / 3 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)]);

test('hot places take the colour of heat and still show the photo; cold and contrary ones stay as they were', () => {
  const heat = { values: Float32Array.of(0, 2, -2, 1), width: 4, height: 1 };
  const [cold, hot = [], contrary, half] = pixelsOf(layHeat(greyRow(4), { heat, hottest: 2, seen: everything }).data);
  assert.deepEqual([cold, contrary], [[100, 100, 100], [100, 100, 100]]); // prettier-ignore
  const expected = heatColour(1).map((value) => Math.round(100 + 0.68 * (value - 100)));
  assert.deepEqual(hot, expected);
  const [middle = NaN, high = NaN] = [half?.[0], hot[0]];
  assert.ok(100 < middle && middle < high, `${middle} and ${high}`);
});

test('no heat at all leaves the photo as it is', () => {
  const heat = { values: new Float32Array(4), width: 4, height: 1 };
  assert.deepEqual(layHeat(greyRow(4), { heat, hottest: 0, seen: everything }).data, greyRow(4).data);
});

test('what the model did not look at is darkened', () => {
  const heat = { values: new Float32Array(4), width: 4, height: 1 };
  const seen = { left: 0.25, top: 0, width: 0.5, height: 1 };
  const { data } = layHeat(greyRow(4), { heat, hottest: 1, seen });
  assert.deepEqual(
    pixelsOf(data).map(([red]) => red),
    [45, 100, 100, 45],
  );
});

test('a narrow photo stands in the middle of a picture that its legend fits in', async () => {
  const photo = { width: 100, height: 60, data: new Uint8Array(3 * 100 * 60).fill(30) };
  const heat = { values: new Float32Array(6000), width: 100, height: 60 };
  const png = await drawOverlay({ photo, heat, hottest: 1, seen: everything, title: 'cats', detail: 'evidence' });
  const { pixels } = await decodeImage(png);
  assert.deepEqual([pixels.width, pixels.height], [400, 60 + heatLegendHeightPx]);
  const row = Array.from({ length: 400 }, (_, x) => pixels.data[3 * (30 * 400 + x)]);
  assert.deepEqual([row[149], row[150], row[249], row[250]], [255, 30, 30, 255]);
  const legend = pixels.data.subarray(3 * 60 * 400);
  assert.ok(legend.some((value) => value < 100) && legend.some((value) => value > 240), 'the legend is drawn');
});

test('the hotter, the lighter: the colours keep their order without any colour', () => {
  const light = Array.from({ length: 101 }, (_, i) => {
    const [r, g, b] = heatColour(i / 100).map((value) => (value / 255) ** 2.2);
    return 0.2126 * (r ?? NaN) + 0.7152 * (g ?? NaN) + 0.0722 * (b ?? NaN);
  });
  light.forEach((value, i) => {
    assert.ok(i === 0 || value >= (light[i - 1] ?? NaN) - 1e-3, `at ${i}: ${value} after ${light[i - 1]}`);
  });
  assert.ok((light[100] ?? 0) - (light[0] ?? 1) > 0.6);
  assert.deepEqual(heatColour(-1), heatColour(0));
  assert.deepEqual(heatColour(2), heatColour(1));
  assert.equal(toHex([0, 10, 255]), '#000aff');
});
