// Colours of drawn pictures: sRGB triples, 0–255.

export type Colour = readonly [number, number, number];

export const white: Colour = [255, 255, 255];
export const black: Colour = [0, 0, 0];

/** From `a` (share 0) to `b` (share 1). */
export function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** Lighter for `amount` > 0 (1: white), darker for < 0 (−1: black). */
export function lighten(colour: Colour, amount: number): Colour {
  return amount >= 0 ? mix(colour, white, amount) : mix(colour, black, -amount);
}

/** `#rrggbb` → colour. */
export function hex(code: string): Colour {
  const value = parseInt(code.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Colour of hue (turns), saturation and lightness in [0, 1]. */
export function fromHue(hue: number, saturation: number, lightness: number): Colour {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number): number => {
    const k = (offset + (((hue % 1) + 1) % 1) * 12) % 12;
    return 255 * (lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
