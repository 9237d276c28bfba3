// drawn: sample pictures of cats and dogs, drawn by Pawprint itself.
export type { AnimalLabel } from './animal.ts';
export { drawAnimal, type DrawAnimalOptions } from './scene.ts';
export { drawingVersion, drawSample, type DrawSampleOptions } from './sample-jpeg.ts';
