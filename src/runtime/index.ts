// runtime: the only importer of onnxruntime-node.
export * from './session.ts';
