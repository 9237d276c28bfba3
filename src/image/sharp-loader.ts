// The way to sharp, loaded only when a picture needs it: a thread that sees nothing but plain JPEGs never pays for it.
import type sharpModule from 'sharp';

/**
 * sharp, set for one picture after the other: one thread (Pawprint runs a worker a core) and no cache (no picture is
 * decoded twice, and a cache would grow).
 */
export async function loadSharp(): Promise<typeof sharpModule> {
  const { default: sharp } = await import('sharp');
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}
