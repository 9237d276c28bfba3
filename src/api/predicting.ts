// One prediction for a request, whatever its address: through the queue, counted, remembered.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PawprintError } from '../core/index.ts';
import { type HostAnswer, type ServeJob, type ServeTimes, statedAnswer } from '../inference/serving/index.ts';
import { predictionEntry } from '../monitoring/index.ts';
import type { PredictionAnswer, PredictQuery } from './schemas/prediction.ts';
import type { AppDependencies } from './dependencies.ts';

export interface Asked {
  readonly request: FastifyRequest;
  /** Aborts when the client goes away: its place in the queue is then free. */
  readonly signal: AbortSignal;
  /** performance.now() when the picture had arrived. */
  readonly started: number;
  /** The place in a batch. */
  readonly index?: number;
}

export type Predict = (job: ServeJob, asked: Asked) => Promise<HostAnswer>;

export function createPredict(dependencies: AppDependencies): Predict {
  const { host, metrics, statistics, recentPredictions, tracing } = dependencies;
  return async (job, { request, signal, started, index }) => {
    const answer = await host.answer(job, signal);
    const { label, confidence, decision } = answer.prediction;
    traceWork(request.trace, answer.times, tracing.now() - (performance.now() - started));
    metrics.predictions.inc({ label, decision });
    metrics.confidence.observe(confidence);
    const latencyMs = performance.now() - started;
    statistics.observe({ label, decision, confidence, latencyMs });
    if (index === undefined) recentPredictions.remember(request.id, label);
    if (job.kind === 'picture')
      keep(dependencies, answer, {
        bytes: job.bytes,
        id: request.id,
        milliseconds: latencyMs,
        ...(index === undefined ? {} : { index }),
      });
    return answer;
  };
}

/** Where the time of an answer went, as spans of its request. `arrived`: epoch milliseconds, as the times are. */
function traceWork(trace: FastifyRequest['trace'], times: ServeTimes, arrived: number): void {
  trace?.child('queue', { startMs: arrived, endMs: times.decodeStart });
  trace?.child('decode', { startMs: times.decodeStart, endMs: times.decodeEnd });
  trace?.child('inference', { startMs: times.runStart, endMs: times.runEnd });
}

interface Kept {
  readonly bytes: Uint8Array;
  readonly id: string;
  readonly index?: number;
  readonly milliseconds: number;
}

/** A line of the prediction log; never fails, never waits for the disk. */
function keep({ predictionLog, now }: AppDependencies, answer: HostAnswer, { bytes, ...told }: Kept): void {
  const { observation, prediction, model } = answer;
  if (predictionLog === null || observation === undefined) return;
  const { features, ...image } = observation;
  predictionLog.writePrediction(
    predictionEntry({ ...told, time: now(), prediction, model, features, image: { ...image, bytes: bytes.length } }),
    { bytes, format: image.format },
  );
}

/** Throws NOT_READY while the service does not predict; else a signal that aborts when the client goes away. */
export function admit(reply: FastifyReply, isReady: () => boolean): AbortSignal {
  if (!isReady()) throw new PawprintError('NOT_READY', { message: 'the service does not answer predictions now' });
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** The part of an answer that is about the picture. */
export function describeAnswer(
  { prediction, model, explanation }: HostAnswer,
  { top }: PredictQuery,
): Omit<PredictionAnswer, 'model' | 'milliseconds' | 'requestId'> {
  const { label, confidence, probabilities } = prediction;
  const ranked = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  return {
    label,
    confidence,
    answer: statedAnswer(prediction),
    why: explainDecision({ prediction, model }),
    probabilities,
    ...(top === undefined
      ? {}
      : { top: ranked.slice(0, top).map(([name, probability]) => ({ label: name, probability })) }),
    ...(explanation === undefined
      ? {}
      : {
          explanation: {
            method: explanation.method,
            label: explanation.label,
            image: `data:image/png;base64,${Buffer.from(explanation.png).toString('base64')}`,
            peak: explanation.peak,
          },
        }),
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Why the model does not stand by its label; null where it does. */
function explainDecision({ prediction, model }: Pick<HostAnswer, 'prediction' | 'model'>): string | null {
  const { classNames, abstention } = model.file.metadata;
  switch (prediction.decision) {
    case 'sure':
      return null;
    case 'unsure':
      return `rather ${prediction.label}, but ${percent(prediction.confidence)} is below the ${percent(abstention?.threshold ?? 1)} at which this model's answers were shown to hold`;
    case 'neither':
      return `it looks like neither ${classNames.join(' nor ')}: the picture is unlike those that the model learnt from`;
  }
}

/** The part of an answer that is about the request. */
export function describeRequest(
  { request, started }: Pick<Asked, 'request' | 'started'>,
  model: HostAnswer['model'],
): Pick<PredictionAnswer, 'model' | 'milliseconds' | 'requestId'> {
  return {
    model: { name: model.name, version: model.version, sha256: model.file.sha256 },
    milliseconds: Math.round(100 * (performance.now() - started)) / 100,
    requestId: request.id,
  };
}
