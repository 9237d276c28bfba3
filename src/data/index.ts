// data: import, validation, split, manifest.
export * from './manifest.ts';
export { importPhotos, type ImportOptions } from './import/import-photos.ts';
export type { ImportResult } from './import/import-result.ts';
export { layoutNames, type LayoutName } from './import/layout.ts';
export { archiveLimitsSchema, defaultArchiveLimits, type ArchiveLimits } from './import/archive-limits.ts';
export type { ExistingPolicy } from './import/existing.ts';
