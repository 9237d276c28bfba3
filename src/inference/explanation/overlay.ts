// Heat over a photo as a PNG: cold places stay photo, hot ones take the colours of heat; a legend below says what is seen.
import { decodeImage, encodePng, heatLegend, heatLegendHeightPx, type Pixels, renderPng } from '../../image/index.ts';
import { heatColour, toHex } from './heat-colours.ts';
import type { Fractions, HeatMap } from './photo-map.ts';

/** Narrower photos stand in the middle of a picture of this width: the legend needs it. */
const leastWidthPx = 400;
/** Share of colour where heat is highest; the photo must still show through. */
const mostOpaque = 0.68;
/** Of the brightness, where the model did not look. */
const unseenBrightness = 0.45;
const legendColours = Array.from({ length: 32 }, (_, i) => toHex(heatColour(i / 31)));

export interface OverlayOptions {
  readonly photo: Pixels;
  /** Of the photo's size; what is above zero is drawn. */
  readonly heat: HeatMap;
  /** The value that gets the hottest colour. */
  readonly hottest: number;
  /** What the model was shown; the rest is darkened. */
  readonly seen: Fractions;
  readonly title: string;
  readonly detail: string;
}

/** The bytes of a PNG: photo with heat, legend below. */
export async function drawOverlay({ photo, heat, hottest, seen, title, detail }: OverlayOptions): Promise<Uint8Array> {
  const width = Math.max(photo.width, leastWidthPx);
  const svg = heatLegend({ widthPx: width, title, detail, colours: legendColours });
  const { pixels: legend } = await decodeImage(await renderPng(svg, 1));
  const heated = layHeat(photo, { heat, hottest, seen });
  const data = new Uint8Array(3 * width * (photo.height + heatLegendHeightPx)).fill(255);
  const left = Math.floor((width - photo.width) / 2);
  for (let y = 0; y < photo.height; y++)
    data.set(heated.data.subarray(3 * y * photo.width, 3 * (y + 1) * photo.width), 3 * (y * width + left));
  data.set(legend.data.subarray(0, 3 * width * heatLegendHeightPx), 3 * width * photo.height);
  return encodePng({ width, height: photo.height + heatLegendHeightPx, data });
}

/** The photo with the colours of heat mixed in, the more the hotter. */
export function layHeat(
  photo: Pixels,
  { heat, hottest, seen }: Pick<OverlayOptions, 'heat' | 'hottest' | 'seen'>,
): Pixels {
  const data = new Uint8Array(photo.data.length);
  const colours = Array.from({ length: 256 }, (_, i) => heatColour(i / 255));
  for (let i = 0; i < photo.width * photo.height; i++) {
    const value = Math.min(1, Math.max(0, (heat.values[i] ?? 0) / hottest || 0));
    const colour = colours[Math.round(255 * value)] ?? [0, 0, 0];
    const opacity = mostOpaque * easeIn(value);
    const brightness = isSeen(i, photo, seen) ? 1 : unseenBrightness;
    for (let channel = 0; channel < 3; channel++) {
      const own = (photo.data[3 * i + channel] ?? 0) * brightness;
      data[3 * i + channel] = Math.round(own + ((colour[channel] ?? 0) - own) * opacity);
    }
  }
  return { width: photo.width, height: photo.height, data };
}

/** Smoothstep: level at both ends, so that faint heat leaves the photo alone and no edge is seen where heat begins. */
function easeIn(value: number): number {
  return value * value * (3 - 2 * value);
}

function isSeen(index: number, { width, height }: Pixels, { left, top, ...part }: Fractions): boolean {
  const x = ((index % width) + 0.5) / width - left;
  const y = (Math.floor(index / width) + 0.5) / height - top;
  return x >= 0 && y >= 0 && x <= part.width && y <= part.height;
}
