// A worker thread of `data prepare`; prepare.ts starts one for each core, with the record settings as its data.
import { workerData } from 'node:worker_threads';
import { serveWorker } from '../../core/index.ts';
import type { RecordSettings } from './params.ts';
import { createPrepareWork, type PrepareReply, type PrepareRequest } from './prepare-work.ts';

serveWorker<PrepareRequest, PrepareReply>(createPrepareWork(workerData as RecordSettings));
