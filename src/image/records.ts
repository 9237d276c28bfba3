// A second, narrow door of image: from a photo's bytes to the numbers that a model sees, and no more. For threads that
// do nothing else: all of image, with drawing, charts and schemas, is four times the code, in each of them.
export type { ImageLimits } from './inspect.ts';
export type { Pixels } from './pixels.ts';
export * from './preprocess.ts';
export type { Preprocessing } from './preprocessing.ts';
export * from './record.ts';
export * from './record-statistics.ts';
export { type ImageFormat, imageFormats } from './sniff.ts';
