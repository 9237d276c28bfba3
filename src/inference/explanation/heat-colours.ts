// The colours of heat: dark violet over red and orange to pale yellow. Lightness climbs evenly in OKLab (Björn Ottosson,
// 2020), so that equal steps of heat look equal, also in grey and to colour-blind eyes.

export type Rgb = readonly [number, number, number];

/** OKLCh at even steps from cold to hot: lightness 0 to 1, chroma, hue in degrees. */
const stops = [
  { lightness: 0.3, chroma: 0.13, hue: 295 },
  { lightness: 0.46, chroma: 0.19, hue: 335 },
  { lightness: 0.62, chroma: 0.21, hue: 385 },
  { lightness: 0.78, chroma: 0.17, hue: 425 },
  { lightness: 0.94, chroma: 0.13, hue: 463 },
] as const;

/** The colour of `heat` in [0, 1] (clamped), sRGB 0–255. */
export function heatColour(heat: number): Rgb {
  const position = Math.min(1, Math.max(0, heat)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(position));
  const [from, to] = [stops[low], stops[low + 1]];
  if (from === undefined || to === undefined) throw new Error('heat lies between two stops');
  const blend = (a: number, b: number): number => a + (b - a) * (position - low);
  const chroma = blend(from.chroma, to.chroma);
  const hue = (blend(from.hue, to.hue) * Math.PI) / 180;
  return oklabToSrgb(blend(from.lightness, to.lightness), chroma * Math.cos(hue), chroma * Math.sin(hue));
}

/** Ottosson's inverse transform, then sRGB's transfer curve (IEC 61966-2-1). What no screen shows is clipped. */
function oklabToSrgb(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ] as const;
  const encode = (value: number): number => {
    const light = Math.min(1, Math.max(0, value));
    return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
  };
  return [encode(linear[0]), encode(linear[1]), encode(linear[2])];
}

/** `#rrggbb`. */
export function toHex(colour: Rgb): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
