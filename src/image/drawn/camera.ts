// The camera: exposure, tint, vignette, a patch of light or shade, blur and noise over the finished picture.
import type { Random } from '../../core/index.ts';
import type { Canvas } from './canvas.ts';
import { chance } from './coat.ts';

export interface CameraSettings {
  /** Factor on each channel: exposure and tint. */
  readonly gain: readonly [number, number, number];
  /** Above 1: flatter dark tones. */
  readonly gamma: number;
  /** How much darker the corners are, 0 to 1. */
  readonly vignette: number;
  /** Radius of the blur, pixels; 0 for none. */
  readonly blurPx: number;
  /** Standard deviation of the noise, grey levels. */
  readonly noise: number;
  /** Light falling off along a direction: strength −1 to 1, angle in radians. */
  readonly slope: { readonly strength: number; readonly angle: number };
  readonly black: number;
}

export function randomCamera(random: Random): CameraSettings {
  const exposure = Math.exp(Math.max(-0.45, Math.min(0.25, random.normal() * 0.18)));
  const warmth = random.normal() * 0.06;
  const green = random.normal() * 0.02;
  return {
    gain: [exposure * (1 + warmth), exposure * (1 + green), exposure * (1 - warmth)],
    gamma: Math.exp(random.normal() * 0.14),
    vignette: chance(random, 0.5) ? random.uniform(0.1, 0.45) : 0,
    blurPx: chance(random, 0.3) ? 1 + random.integer(2) : 0,
    noise: chance(random, 0.6) ? random.uniform(1, 9) : 0.6,
    slope: { strength: random.uniform(-0.3, 0.3), angle: random.next() * 2 * Math.PI },
    black: random.uniform(0, 18),
  };
}

/** Box blur of radius `radius` along rows and columns, in place. */
function blur({ width, height, data }: Canvas, radius: number): void {
  blurLines(data, { count: height, stride: width * 3, length: width, step: 3 }, radius);
  blurLines(data, { count: width, stride: 3, length: height, step: width * 3 }, radius);
}

interface Lines {
  readonly count: number;
  /** From one line to the next. */
  readonly stride: number;
  readonly length: number;
  /** From one pixel of a line to the next. */
  readonly step: number;
}

function blurLines(data: Uint8Array, { count, stride, length, step }: Lines, radius: number): void {
  const span = 2 * radius + 1;
  // The line with its ends repeated on both sides.
  const line = new Uint8Array(length + span);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < 3; c++) {
      const start = i * stride + c;
      for (let k = 0; k < length; k++) line[radius + k] = data[start + k * step] ?? 0;
      line.fill(line[radius] ?? 0, 0, radius);
      line.fill(line[radius + length - 1] ?? 0, radius + length);
      let sum = radius;
      for (let k = 0; k < span; k++) sum += line[k] ?? 0;
      for (let k = 0, at = start; k < length; k++, at += step) {
        data[at] = sum / span;
        sum += (line[k + span] ?? 0) - (line[k] ?? 0);
      }
    }
}

/** The tone curve of each channel as a table of 256 values. */
function toneCurves({ gain, gamma, black }: CameraSettings): Float32Array {
  const curves = new Float32Array(768);
  for (let c = 0; c < 3; c++)
    for (let v = 0; v < 256; v++)
      // Rounded: powers may differ in their last bits between machines.
      curves[c * 256 + v] = Math.round((black + (255 - black) * (v / 255) ** gamma * (gain[c] ?? 1)) * 16) / 16;
  return curves;
}

/** Turns the drawn picture into a photographed one, in place. `grain` is a 64 × 64 tile of standard normal numbers. */
export function photograph(canvas: Canvas, settings: CameraSettings, grain: Float32Array, random: Random): void {
  if (settings.blurPx > 0) blur(canvas, settings.blurPx);
  const { width, height, data } = canvas;
  const curves = toneCurves(settings);
  const { vignette, noise, slope } = settings;
  const [cos, sin] = [Math.cos(slope.angle) * slope.strength, Math.sin(slope.angle) * slope.strength];
  const edge = vignette * 0.5;
  let at = 0;
  for (let y = 0; y < height; y++) {
    const v = (2 * y) / height - 1;
    const [rowSlope, rowEdge] = [1 + sin * v, 1 - edge * v * v];
    // A fresh offset into the tile for every row and channel, so that its repetition cannot be seen.
    const [redAt, greenAt, blueAt] = [random.integer(4096), random.integer(4096), random.integer(4096)];
    for (let x = 0; x < width; x++, at += 3) {
      const u = (2 * x) / width - 1;
      const light = (rowSlope + cos * u) * (rowEdge - edge * u * u);
      const r = (curves[data[at] ?? 0] ?? 0) * light + (grain[(redAt + x) & 4095] ?? 0) * noise + 0.5;
      const g = (curves[256 + (data[at + 1] ?? 0)] ?? 0) * light + (grain[(greenAt + x) & 4095] ?? 0) * noise + 0.5;
      const b = (curves[512 + (data[at + 2] ?? 0)] ?? 0) * light + (grain[(blueAt + x) & 4095] ?? 0) * noise + 0.5;
      data[at] = r < 0 ? 0 : r > 255 ? 255 : r;
      data[at + 1] = g < 0 ? 0 : g > 255 ? 255 : g;
      data[at + 2] = b < 0 ? 0 : b > 255 ? 255 : b;
    }
  }
}
