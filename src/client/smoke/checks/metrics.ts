// GET /metrics: the counters have moved by what this visit sent.
import { quoteForeign } from '../../text-table.ts';
import { type Sample, sumSamples } from '../../prometheus-text.ts';
import type { Check } from '../check.ts';
import { CheckFailure, failed } from '../check-failure.ts';
import { type Movement, movementsOf, readMetrics } from '../counters.ts';
import type { Ledger, SmokeVisit } from '../visit.ts';

const requestsTotal = 'pawprint_http_requests_total';
const predictionsTotal = 'pawprint_predictions_total';

export const metrics: Check = {
  name: 'metrics',
  run: async ({ before, ledger, settings, request }: SmokeVisit) => {
    const { metrics: first } = await before();
    if (first instanceof CheckFailure) throw first;
    if (!settings.counters) return `${first.length} samples; counters not compared`;
    if (ledger.answered === 0) return { notChecked: 'no prediction was answered: there is nothing to count' };
    for (const name of [requestsTotal, predictionsTotal])
      if (!(await readMetrics(request)).some((sample) => sample.name === name)) throw failed(`there is no ${name}`);
    const movements = await movementsOf(
      async () => movementsBetween(first, await readMetrics(request), ledger),
      settings.shared,
    );
    return movements.map(({ what, moved }) => `${what} +${moved}`).join(', ');
  },
};

function movementsBetween(first: readonly Sample[], last: readonly Sample[], ledger: Ledger): Movement[] {
  const move = (name: string, counts: (labels: Sample['labels']) => boolean): number =>
    sumSamples(last, name, counts) - sumSamples(first, name, counts);
  const requests = (counts: (status: number) => boolean): number =>
    move(
      requestsTotal,
      ({ route, method, status }) => route === '/predict' && method === 'POST' && counts(Number(status)),
    );
  return [
    { what: 'answered', moved: requests((status) => status === 200), sent: ledger.answered },
    { what: 'refused', moved: requests((status) => status >= 400), sent: ledger.refused },
    ...[...ledger.byLabel].map(([label, sent]) => ({
      what: quoteForeign(label, 30),
      moved: move(predictionsTotal, (labels) => labels['label'] === label),
      sent,
    })),
  ];
}
