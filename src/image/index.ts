// image: bytes → pixels → tensor, augmentation, drawn sample pictures, charts.
export * from './pixels.ts';
export * from './preprocessing.ts';
export * from './html/index.ts';
export * from './augment.ts';
export * from './record.ts';
export * from './sniff.ts';
export * from './inspect.ts';
export * from './decode.ts';
export * from './resize.ts';
export * from './preprocess.ts';
export * from './charts/index.ts';
export * from './record-jpeg.ts';
export * from './upright.ts';
export * from './luminance.ts';
export * from './statistics.ts';
export * from './perceptual-hash.ts';
export * from './encode.ts';
