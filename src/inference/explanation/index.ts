// explanation: which places of a photo a model's answer rests on.
export * from './explainer.ts';
export type { ExplanationMethod } from './feature-map.ts';
export {
  measureOcclusion,
  type OcclusionDrops,
  type OcclusionOptions,
  type OcclusionSummary,
  summariseOcclusion,
} from './occlusion.ts';
export type { HeatMap, Peak } from './photo-map.ts';
