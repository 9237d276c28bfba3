// image: bytes → pixels → tensor, augmentation, drawn sample pictures, charts.
export * from './pixels.ts';
export * from './preprocessing.ts';
