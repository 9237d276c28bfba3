// The metadata of models that are made for a test: everything that a model file must say, and nothing of interest.
import type { ModelMetadata } from '../../src/models/index.ts';

type Telling = Pick<ModelMetadata, 'name' | 'kind' | 'classNames' | 'preprocessing'>;

export function testMetadata(told: Telling & Partial<ModelMetadata>): ModelMetadata {
  return {
    schemaVersion: 1,
    configuration: {},
    metrics: {},
    temperature: 1,
    dataset: { md5: '0'.repeat(32), counts: {} },
    lineage: {
      createdAt: '2026-01-01T00:00:00.000Z',
      pawprintVersion: '0.1.0',
      gitCommit: null,
      command: 'test',
      seed: 0,
    },
    ...told,
  };
}
