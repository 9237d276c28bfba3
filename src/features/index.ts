// features: pretrained backbones, the features that they see in photos, and the cache of those.
export * from './backbone.ts';
export * from './extractor.ts';
export type { ExtractedFeatures } from './feature-result.ts';
