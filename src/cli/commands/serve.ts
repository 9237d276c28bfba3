// pawprint serve: the model behind HTTP, until it is told to stop.
import { resolve } from 'node:path';
import { type CommandContext, defineCommand } from '../command.ts';
import { findModel } from '../model-option.ts';
import { serveFlags } from '../serve/serve-options.ts';

export default defineCommand({
  name: 'serve',
  summary: 'answer predictions over HTTP',
  description:
    'POST /predict takes a photo (multipart field `file`, or the picture as the body) and answers with label, confidence ' +
    'and probabilities; GET /health, /live, /ready, /metrics (Prometheus) and /stats say how it does. Each worker thread ' +
    'has the model for itself; too many waiting requests are refused with 429 at once. Log lines are JSON on stdout. ' +
    'SIGTERM and Ctrl-C: /ready fails, requests under way are answered, then exit code 0; once more: the end at once.',
  examples: [
    'pawprint serve',
    'pawprint serve --model models/cnn.onnx --port 8000',
    'curl -F file=@photo.jpg http://127.0.0.1:8000/predict',
  ],
  options: serveFlags,
  run: async ({ options, context }) => {
    const { startService } = await import('../serve/start-service.ts');
    const model = findModel(options.model, context);
    const fromHere = (path: string | undefined): string | undefined =>
      path === undefined ? undefined : resolve(context.cwd, path);
    const files = {
      challenger: fromHere(options.challenger),
      logPredictions: fromHere(options.logPredictions),
      apiKeys: fromHere(options.apiKeys),
    };
    const service = await startService({ ...options, ...files, model }, context);
    return { stream: untilStopped(service, context) };
  },
});

/** Prints nothing: stdout belongs to the log. */
async function* untilStopped(
  service: { readonly stop: () => Promise<void> },
  { signal }: CommandContext,
): AsyncGenerator<string> {
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await service.stop();
}
