// The flags of `pawprint serve`: one schema, from which the help and the type of what the service is started with follow.
import { z } from 'zod';
import { modelFlag } from '../model-option.ts';

const count = z.coerce.number().int().min(1);

export const serveFlags = z.strictObject({
  model: modelFlag,
  port: z.coerce.number().int().min(0).max(65535).default(8000).describe('TCP port; 0: any free one'),
  host: z.string().default('127.0.0.1').describe('address to listen on; 0.0.0.0: every one, as in a container'),
  workers: count.max(256).optional().describe('worker threads; every core unless told'),
  maxWaiting: count.max(100_000).default(64).describe('predictions that may wait; more are refused with 429'),
  maxBatch: count.max(256).default(8).describe('most pictures that a worker thread takes at once; changes no result'),
  deadlineMs: count.max(600_000).default(10_000).describe('milliseconds after which a waiting prediction is given up'),
  workerTimeoutMs: count
    .max(3_600_000)
    .optional()
    .describe(
      'milliseconds of one model run after which a worker thread is taken to hang and is replaced; three deadlines, and 30,000 at least, unless told',
    ),
  headersTimeoutMs: count
    .max(600_000)
    .default(10_000)
    .describe("milliseconds that a request's headers may take to arrive"),
  requestTimeoutMs: count
    .max(3_600_000)
    .default(30_000)
    .describe('milliseconds that a whole request may take to arrive'),
  maxBodyBytes: count
    .max(1 << 30)
    .default(20 << 20)
    .describe('largest request body'),
  maxBatchPictures: count.max(1000).default(32).describe('most pictures of one POST /predict/batch'),
  maxPixels: count
    .max(1e9)
    .default(50_000_000)
    .describe('largest picture, pixels (of an AVIF half as many); refused before it is decoded'),
  watch: z.boolean().default(true).describe('take a new model when the model file is replaced'),
  challenger: z.string().optional().describe('a model file that is asked in the shadow; its answers are counted only'),
  shadowShare: z.coerce.number().gt(0).max(1).default(0.1).describe('share of the predictions that it is asked too'),
  logPredictions: z
    .string()
    .optional()
    .describe('folder that keeps a line for each prediction (docs/prediction-log.md)'),
  logImages: z.boolean().default(false).describe('keep the pictures there too'),
  logFsync: z
    .enum(['interval', 'always', 'never'])
    .default('interval')
    .describe('when its lines are forced onto the disk: once a second, at each write, or as the system likes'),
  logMaxFileBytes: count
    .max(2 ** 40)
    .default(64 << 20)
    .describe('size at which a new file of it is begun'),
  logKeepDays: count.max(36_500).optional().describe('days after which its files are removed; never unless told'),
  apiKeys: z
    .string()
    .min(1)
    .optional()
    .describe('key file of `pawprint api-key`; then predictions need a key. /admin always does'),
  rateLimit: count.max(1e6).optional().describe('requests a minute of one key, or of one address without a key'),
  rateBurst: count.max(1e6).optional().describe('of these, at once; all of them unless told'),
  corsOrigin: z
    .array(z.string())
    .default([])
    .describe('site whose pages may call the service, as https://shop.example'),
  trustProxy: z
    .array(z.string())
    .default([])
    .describe('proxy whose X-Forwarded-For is believed: an address, or a network as 10.0.0.0/8'),
  protectMetrics: z.boolean().default(false).describe('/metrics and /stats need a key too, of any scope'),
  lameDuckMs: z.coerce
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe(
      'milliseconds after SIGTERM in which /ready fails and all else is answered: give load balancers and Kubernetes 5000',
    ),
  drainMs: count.max(600_000).default(15_000).describe('milliseconds from then on until open connections are cut'),
});

/** The flags as checked; `model`, `challenger`, `logPredictions` and `apiKeys` are absolute paths. */
export type ServiceOptions = z.output<typeof serveFlags> & { readonly model: string };
