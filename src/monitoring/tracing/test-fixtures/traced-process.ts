// A process that traces one request, closes, and ends by itself: nothing here calls process.exit. argv: the endpoint, or
// nothing for none. Prints, as one JSON line, which packages of OpenTelemetry were loaded beside its API, which prom-client
// brings along.
import { registerHooks } from 'node:module';

const loaded = new Set<string>();
registerHooks({
  load: (url, context, nextLoad) => {
    const [, name] = /\/@opentelemetry\/([^/]+)\//.exec(url) ?? [];
    if (name !== undefined && name !== 'api') loaded.add(name);
    return nextLoad(url, context);
  },
});

const { createTracing } = await import('../../index.ts');
const tracing = await createTracing({
  endpoint: process.argv[2] ?? null,
  serviceName: 'explicit',
  serviceVersion: '1.2.3',
  sampleRatio: 1,
});
const request = tracing.start({}, { name: 'POST' });
request.end({ route: '/predict', method: 'POST', status: 200 });
await tracing.close();
process.stdout.write(`${JSON.stringify({ loaded: [...loaded], traceparent: request.traceparent })}\n`);
