// image: bytes → pixels → tensor, augmentation, drawn sample pictures, charts.
export * from './pixels.ts';
export * from './preprocessing.ts';
export * from './html/index.ts';
export * from './augment.ts';
export * from './record.ts';
