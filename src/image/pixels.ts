// What a decoded picture is, everywhere in Pawprint.

/** Interleaved 8-bit RGB, row by row from the top left: `data.length === width * height * 3`. Upright (EXIF applied). */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
