// One notion of brightness for statistics and hashes: ITU-R BT.601, in the integers of Pillow's mode L.

/** Luminance of a pixel, a whole number 0 to 255. */
export function luminanceOf(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16;
}
