// tune: the search over hyper-parameters.
export { plannedEpochs, planRungs, type HalvingOptions, type Rung } from './halving.ts';
export { tuneParamsSchema, type TuneParams } from './params.ts';
export { bestParamsFile, toSearchJson, writeSearchReport, type SearchReport } from './report.ts';
export { resultTable, type ResultTable } from './result-table.ts';
export { sampleTrial, type TrialValues } from './sample.ts';
export { search, trialModelPath, type SearchOptions, type SearchResult } from './search.ts';
export type { TrialRecord } from './trial-record.ts';
export type { TrialJob, TrialOutcome, TrialRequest, Tunable } from './tunable.ts';
export { tunableTraining, type TunableTrainingOptions } from './tunable-training.ts';
