// Around OpenTelemetry's batching and exporting: counts what becomes of each span, and bounds how many wait.
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { TracingMetrics } from '../metrics/index.ts';

export interface CountedExportOptions {
  /** Spans that may wait for their export; more are dropped, and counted. */
  readonly maxWaiting: number;
  readonly metrics?: TracingMetrics | undefined;
  /** Told the first failure after a success, or of all. */
  readonly onError?: ((error: Error) => void) | undefined;
}

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** The words of OpenTelemetry's ExportResultCode, which stands in a package of the SDK's own. */
const succeeded = 0;
const failed = 1 as never;

/** `batching` makes the processor that collects spans for the exporter it is given. */
export function countedExport(
  exporter: SpanExporter,
  batching: (exporter: SpanExporter) => SpanProcessor,
  { maxWaiting, metrics, onError }: CountedExportOptions,
): SpanProcessor {
  let waiting = 0;
  let failing = false;

  const settle = (count: number, { code, error }: ExportResult): void => {
    if ((code as number) === succeeded) {
      failing = false;
      metrics?.spansExported.inc(count);
      return;
    }
    metrics?.exportFailures.inc();
    metrics?.spansDropped.inc({ reason: 'failed' }, count);
    const isFirst = !failing;
    failing = true;
    if (isFirst) onError?.(asOutage(error));
  };

  const inner = batching({
    export: (spans: ReadableSpan[], done) => {
      waiting -= spans.length;
      const finish = (result: ExportResult): void => {
        done(result);
        settle(spans.length, result);
      };
      try {
        exporter.export(spans, finish);
      } catch (error) {
        finish({ code: failed, error: error instanceof Error ? error : new Error(String(error)) });
      }
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  });

  return {
    onStart: (span, context) => inner.onStart(span, context),
    onEnd: (span) => {
      if (waiting >= maxWaiting) {
        metrics?.spansDropped.inc({ reason: 'queue_full' });
        return;
      }
      waiting++;
      inner.onEnd(span);
    },
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
  };
}

/** Of a refused connection the error's message may be empty, of a status it is the bare phrase. */
function asOutage(error: Error | undefined): Error {
  const { code, message = '' } = (error ?? {}) as { readonly code?: string | number; readonly message?: string };
  const named = code !== undefined && !message.includes(String(code));
  const reason = `${named ? `${String(code)} ` : ''}${message}`.trim();
  return new Error(`the trace collector takes no spans${reason === '' ? '' : `: ${reason}`}`, { cause: error });
}
