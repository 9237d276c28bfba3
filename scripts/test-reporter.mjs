// node:test's results for a reader: failures and skips in full, one line a file otherwise, node:test's summary last.
import { relative } from 'node:path';
import { inspect } from 'node:util';

/** The error's words and stack, without node:test's wrapping. */
function describeFailure(error) {
  const cause = error?.cause ?? error;
  return cause instanceof Error || typeof cause === 'object' ? inspect(cause, { depth: 4 }) : String(cause);
}

export default async function* report(events) {
  const failures = [];
  const summary = [];
  for await (const { type, data } of events) {
    const place = data?.file === undefined ? '' : relative(process.cwd(), data.file);
    if (type === 'test:fail' && data.details.error?.failureType !== 'subtestsFailed') {
      failures.push(`✖ ${place}: ${data.name}\n${describeFailure(data.details.error).replace(/^/gm, '    ')}\n`);
      yield `✖ ${place}: ${data.name}\n`;
    }
    if (type === 'test:pass' && typeof data.skip === 'string') yield `﹣ ${place}: ${data.name} # ${data.skip}\n`;
    if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
    if (type === 'test:summary' && data.file !== undefined && data.success)
      yield `✔ ${place} (${data.counts.tests} tests, ${(data.duration_ms / 1000).toFixed(1)}s)\n`;
    if (type === 'test:diagnostic' && data.file === undefined) summary.push(`ℹ ${data.message}\n`);
  }
  if (failures.length > 0) yield `\nFailed:\n\n${failures.join('\n')}`;
  yield summary.join('');
}
