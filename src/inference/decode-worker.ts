// A worker thread that decodes chunks of photos; started by decode-photos.ts with the record's settings.
import { workerData } from 'node:worker_threads';
import { serveWorker } from '../core/index.ts';
import { createPreprocessor } from '../image/records.ts';
import { decodeChunk, type DecodeReply, type DecodeRequest, type RecordSettings } from './decode-chunk.ts';

const preprocessor = createPreprocessor(workerData as RecordSettings);

serveWorker<DecodeRequest, DecodeReply[]>(
  (photos) => decodeChunk(photos, preprocessor),
  (replies) => replies.flatMap((reply) => ('record' in reply ? [reply.record.buffer] : [])),
);
