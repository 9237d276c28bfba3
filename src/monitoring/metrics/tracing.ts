// Traces: how many spans reached the collector, and how many did not.
import { Counter, type Registry } from 'prom-client';

export interface TracingMetrics {
  readonly spansExported: Counter;
  readonly spansDropped: Counter<'reason'>;
  readonly exportFailures: Counter;
}

/** All stay at zero while no collector is set. */
export function tracingMetrics(registry: Registry): TracingMetrics {
  const spansDropped = new Counter({
    name: 'pawprint_trace_spans_dropped_total',
    help: 'Spans that were recorded and given up: their export failed, or too many waited for one.',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const reason of ['failed', 'queue_full']) spansDropped.inc({ reason }, 0);
  return {
    spansExported: new Counter({
      name: 'pawprint_trace_spans_exported_total',
      help: 'Spans that the trace collector took.',
      registers: [registry],
    }),
    spansDropped,
    exportFailures: new Counter({
      name: 'pawprint_trace_export_failures_total',
      help: 'Batches of spans that the trace collector did not take, retries included in one.',
      registers: [registry],
    }),
  };
}
