// data: import, validation, split, manifest.
export * from './manifest.ts';
export { importPhotos, type ImportOptions } from './import/import-photos.ts';
export type { ImportResult } from './import/import-result.ts';
export { layoutNames, type LayoutName } from './import/layout.ts';
export { archiveLimitsSchema, defaultArchiveLimits, type ArchiveLimits } from './import/archive-limits.ts';
export type { ExistingPolicy } from './import/existing.ts';
export { csvLine } from './prepare/manifest-file.ts';
export { prepareDataset, type PrepareOptions, type PrepareResult } from './prepare/prepare.ts';
export { prepareFlagsSchema, prepareParamsSchema, type PrepareParams } from './prepare/params.ts';
export { listLabelledPhotos, type LabelledPhotoFile, type LabelledPhotos } from './labelled-photos.ts';
export { openPreparedDataset, type OpenDatasetOptions } from './prepared-dataset.ts';
export {
  compareCodePoints,
  readDatasetLayout,
  scanDataset,
  type ClassFolder,
  type DatasetLayout,
  type ScannedPhoto,
  type ScanOptions,
} from './scan.ts';
export {
  downloadDataset,
  type ChecksumState,
  type DatasetDownloadOptions,
  type DatasetDownloadResult,
} from './download/download-dataset.ts';
export { downloadFile, type DownloadedFile, type DownloadOptions } from './download/download-file.ts';
export { datasetNames, knownDatasets, type DatasetName, type KnownDataset } from './download/datasets.ts';
export { writeSampleDataset, type WriteSampleOptions, type WriteSampleResult } from './sample.ts';
export { checkDataset, type CheckOptions } from './check/check-dataset.ts';
export type {
  CheckResult,
  CheckTotals,
  FindingReport,
  FlaggedGroup,
  FlaggedPhoto,
  GateReport,
} from './check/check-result.ts';
export { formatCheck } from './check/check-words.ts';
export { findingIds, findings, type Finding, type FindingId, type GateLimit } from './check/findings/index.ts';
export { findNearDuplicates, groupNearDuplicates, type ComparablePhotos } from './check/near-duplicates/group.ts';
export { checkSettings, type CheckSettings } from './check/settings.ts';
