// Writing the model file that model-file.ts reads.
import { writeFileAtomic } from '../core/index.ts';
import { checkGraph, type Graph, inspectOnnx, writeOnnx } from '../graph/index.ts';
import { metadataKey, weightsKey } from './model-file.ts';
import { type ModelMetadata, modelMetadataSchema } from './model-metadata.ts';

/** Serialises a model: the graph (input `image`, output `logits`) and what it is. Same arguments, same bytes. */
export function encodeModelFile(graph: Graph, metadata: ModelMetadata): Uint8Array<ArrayBuffer> {
  const checked = modelMetadataSchema.parse(metadata);
  checkGraph(graph);
  const { weightsSha256 } = inspectOnnx(writeOnnx(graph));
  return writeOnnx(graph, {
    producerVersion: checked.lineage.pawprintVersion,
    metadata: { [metadataKey]: JSON.stringify(checked), [weightsKey]: weightsSha256 },
  });
}

/** Writes a model file atomically. */
export async function writeModelFile(path: string, graph: Graph, metadata: ModelMetadata): Promise<void> {
  await writeFileAtomic(path, encodeModelFile(graph, metadata));
}
