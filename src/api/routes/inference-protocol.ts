// The Open Inference Protocol V2 over REST: the same model and the same answers, in the words that KServe, Triton and
// their clients speak. https://github.com/kserve/open-inference-protocol
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import type { HostAnswer } from '../../inference/serving/index.ts';
import type { AppDependencies } from '../dependencies.ts';
import { jobsOf } from '../inference-inputs.ts';
import { type Predict, whileClientWaits } from '../predicting.ts';
import type { RouteAnswer } from '../route.ts';
import {
  type InferRequest,
  inferRequestSchema,
  type InferResponse,
  inferResponseSchema,
  modelMetadataAnswerSchema,
  modelParamsSchema,
  modelReadySchema,
  serverLiveSchema,
  serverMetadataSchema,
  serverReadySchema,
  versionParamsSchema,
} from '../schemas/inference-protocol.ts';

interface ModelParams {
  readonly model: string;
  readonly version?: string;
}
/** Reading JSON holds up the thread that answers /health: a tensor request may be so long, about 40 ms. */
const maxJsonBytes = 4 << 20;
const tags = ['open inference protocol'];
const open = { scope: 'open' } as const;

export function inferenceProtocolRoutes(app: FastifyInstance, dependencies: AppDependencies, predict: Predict): void {
  const { host, isReady, version: serverVersion, limits } = dependencies;
  const get = (
    url: string,
    summary: string,
    schema: z.ZodType,
    handler: (request: FastifyRequest) => unknown,
  ): void => {
    const params = url.includes(':') ? { params: paramsOf(url) } : {};
    app.get(url, { config: open, schema: { summary, tags, answers: answer(schema), ...params } }, handler);
  };
  get('/v2/health/live', 'whether the server is alive', serverLiveSchema, () => ({ live: true }));
  get('/v2/health/ready', 'whether the server answers', serverReadySchema, () => {
    requireReady(isReady);
    return { ready: true };
  });
  get('/v2', 'the server', serverMetadataSchema, () => ({ name: 'pawprint', version: serverVersion, extensions: [] }));

  for (const base of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
    get(base, 'what the model takes and gives', modelMetadataAnswerSchema, (request) => {
      requireModel(request.params as ModelParams, host.current);
      return describeModel(host.current);
    });
    get(`${base}/ready`, 'whether the model answers', modelReadySchema, (request) => {
      requireModel(request.params as ModelParams, host.current);
      requireReady(isReady);
      return { name: host.current.name, ready: true };
    });
    app.post<{ Params: ModelParams; Body: InferRequest }>(
      `${base}/infer`,
      {
        config: { scope: 'predict', countsFailures: true },
        bodyLimit: Math.min(maxJsonBytes, limits.maxBodyBytes),
        schema: {
          summary: 'predictions for the rows of a tensor, or for pictures in base64',
          tags,
          params: paramsOf(base),
          body: inferRequestSchema,
          answers: answer(inferResponseSchema),
          problems: [415, 422],
        },
      },
      async (request, reply): Promise<InferResponse> => {
        requireModel(request.params, host.current);
        const signal = whileClientWaits(reply);
        const { imageSizePx } = host.current.file.metadata.preprocessing;
        const jobs = jobsOf(request.body, { imageSizePx, maxRows: limits.maxBatchPictures });
        const started = performance.now();
        const answers = await Promise.all(
          jobs.map((job, index) => predict(job, { request, signal, started, ...(jobs.length > 1 ? { index } : {}) })),
        );
        request.outcome = { pictures: answers.length, model: answers[0]?.model.version };
        return inferResponse(request.body, answers);
      },
    );
  }
}

const answer = (schema: z.ZodType): Record<number, RouteAnswer> => ({ 200: { description: 'the answer', schema } });

const paramsOf = (url: string): z.ZodType => (url.includes(':version') ? versionParamsSchema : modelParamsSchema);

function requireReady(isReady: () => boolean): void {
  if (!isReady()) throw new PawprintError('NOT_READY', { message: 'the service does not answer predictions now' });
}

function requireModel({ model, version }: ModelParams, current: HostAnswer['model']): void {
  if (model === current.name && (version === undefined || version === current.version)) return;
  throw new PawprintError('ROUTE_UNKNOWN', {
    message: 'there is no such model here',
    expected: `${current.name}, version ${current.version}`,
    received: version === undefined ? model : `${model}, version ${version}`,
  });
}

function describeModel({ name, version, file }: HostAnswer['model']): object {
  const { preprocessing, classNames } = file.metadata;
  const { imageSizePx: size } = preprocessing;
  return {
    name,
    versions: [version],
    platform: 'onnx_onnxruntime',
    inputs: [
      { name: 'image', datatype: 'FP32', shape: [-1, 3, size, size] },
      { name: 'picture', datatype: 'BYTES', shape: [-1] },
    ],
    outputs: [
      { name: 'probabilities', datatype: 'FP32', shape: [-1, classNames.length] },
      { name: 'label', datatype: 'BYTES', shape: [-1] },
      { name: 'logits', datatype: 'FP32', shape: [-1, -1] },
    ],
  };
}

/** Probabilities are those of POST /predict, in the order of the model's class names. Throws REQUEST_INVALID for an unknown output. */
function inferResponse({ id, outputs }: InferRequest, answers: readonly HostAnswer[]): InferResponse {
  const [first] = answers;
  if (first === undefined) throw new Error('an inference request has rows');
  const { classNames } = first.model.file.metadata;
  const predictions = answers.map(({ prediction }) => prediction);
  const rows = answers.length;
  const made = [
    {
      name: 'probabilities',
      datatype: 'FP32',
      shape: [rows, classNames.length],
      data: predictions.flatMap(({ probabilities }) => classNames.map((name) => probabilities[name] ?? 0)),
    },
    { name: 'label', datatype: 'BYTES', shape: [rows], data: predictions.map(({ label }) => label) },
    {
      name: 'logits',
      datatype: 'FP32',
      shape: [rows, first.prediction.logits.length],
      data: predictions.flatMap(({ logits }) => [...logits]),
    },
  ];
  const wanted = outputs?.map(({ name }) => {
    const found = made.find((output) => output.name === name);
    if (found !== undefined) return found;
    throw new PawprintError('REQUEST_INVALID', {
      message: 'the model has no such output',
      expected: made.map((output) => output.name).join(', '),
      received: name,
    });
  });
  return {
    model_name: first.model.name,
    model_version: first.model.version,
    ...(id === undefined ? {} : { id }),
    outputs: wanted ?? made.slice(0, 2),
  };
}
