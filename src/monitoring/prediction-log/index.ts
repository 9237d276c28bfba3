// prediction-log: what the service answered, kept for those who watch it.
export * from './entry.ts';
export * from './make-entry.ts';
export * from './prediction-log.ts';
export * from './json-lines-log.ts';
export * from './read-log.ts';
export { instanceIdFrom } from './file-names.ts';
export { imagePath } from './image-store.ts';
