// A worker thread of `data check`.
import { serveWorker } from '../../core/index.ts';
import { createCheckWork, type CheckReply, type CheckRequest } from './check-work.ts';

serveWorker<CheckRequest, CheckReply>(createCheckWork());
