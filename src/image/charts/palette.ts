// The colours of charts. Lines and bars use Okabe and Ito's set, told apart under every common colour blindness; each
// series has a dash pattern and a marker of its own as well, so that nothing hangs on colour alone.
export const ink = '#1d2530';
export const mutedInk = '#566270';
export const gridColour = '#e4e7eb';
export const axisColour = '#98a2ae';
export const surface = '#ffffff';

export interface SeriesStyle {
  readonly colour: string;
  /** SVG stroke-dasharray; undefined: solid. */
  readonly dash: string | undefined;
  readonly marker: 'circle' | 'square' | 'diamond' | 'triangle';
}

const styles: readonly SeriesStyle[] = [
  { colour: '#0072b2', dash: undefined, marker: 'circle' },
  { colour: '#d55e00', dash: '7 4', marker: 'square' },
  { colour: '#00855f', dash: '2 3', marker: 'diamond' },
  { colour: '#b0508f', dash: '9 3 2 3', marker: 'triangle' },
  { colour: '#8a6100', dash: '4 2', marker: 'circle' },
  { colour: '#2b7fa8', dash: '12 4', marker: 'square' },
];

/** The look of the `index`-th series; they repeat after six. */
export function seriesStyle(index: number): SeriesStyle {
  return styles[index % styles.length] ?? { colour: ink, dash: undefined, marker: 'circle' };
}

/** White to dark blue for `share` in [0, 1], evenly in lightness: the shading of tables. */
export function shade(share: number): string {
  const stops = [
    [255, 255, 255],
    [214, 230, 244],
    [138, 186, 220],
    [54, 124, 184],
    [8, 64, 122],
  ] as const;
  const position = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(position));
  const mix = (channel: 0 | 1 | 2): number => {
    const [from, to] = [stops[low]?.[channel] ?? 0, stops[low + 1]?.[channel] ?? 0];
    return Math.round(from + (to - from) * (position - low));
  };
  return `#${[mix(0), mix(1), mix(2)].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Black or white, whichever has the higher contrast (WCAG 2, 4.58 at least) on `colour` (#rrggbb). */
export function inkOn(colour: string): string {
  const channel = (at: number): number => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  // Contrast with white is 1.05 / (L + 0.05), with black (L + 0.05) / 0.05.
  return (luminance + 0.05) ** 2 > 1.05 * 0.05 ? '#000000' : '#ffffff';
}
