// A worker thread that computes features; started by extractor.ts with the backbone and its settings.
import { workerData } from 'node:worker_threads';
import { serveWorker } from '../core/index.ts';
import { createExtraction, type ExtractReply, type ExtractRequest, type ExtractSettings } from './extract-chunk.ts';

serveWorker<ExtractRequest, ExtractReply[]>(createExtraction(workerData as ExtractSettings));
