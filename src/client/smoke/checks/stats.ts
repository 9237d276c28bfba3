// GET /stats: its counts have moved by what this visit sent, and it names the model that answered.
import { quoteForeign } from '../../text-table.ts';
import type { PredictionAnswer, StatsAnswer } from '../../wire.ts';
import type { Check } from '../check.ts';
import { CheckFailure, failed } from '../check-failure.ts';
import { anotherProcess, type Movement, movementsOf, readStats } from '../counters.ts';
import type { Ledger } from '../visit.ts';

export const stats: Check = {
  name: 'stats',
  run: async ({ before, answers, ledger, settings, request }) => {
    const { stats: first } = await before();
    if (first instanceof CheckFailure) throw first;
    const answer = answers.at(-1)?.answer;
    const last = await readStats(request);
    checkModel(last, answer);
    const named = answer === undefined ? '' : `, model ${quoteForeign(answer.model.name)}`;
    if (!settings.counters) return `counts not compared${named}`;
    if (ledger.answered === 0) return { notChecked: 'no prediction was answered: there is nothing to count' };
    if (last.startedAt !== first.startedAt) throw failed(`started anew: ${anotherProcess}`);
    const [predictions] = await movementsOf(
      async () => movementsBetween(first, await readStats(request), ledger),
      settings.shared,
    );
    return `predictions +${predictions?.moved ?? 0}${named}`;
  },
};

function movementsBetween(first: StatsAnswer, last: StatsAnswer, { answered, byLabel }: Ledger): Movement[] {
  return [
    { what: 'predictions', moved: last.predictions - first.predictions, sent: answered },
    ...[...byLabel].map(([label, sent]) => ({
      what: `byClass ${quoteForeign(label, 30)}`,
      moved: (last.byClass[label] ?? 0) - (first.byClass[label] ?? 0),
      sent,
    })),
  ];
}

function checkModel({ model }: StatsAnswer, answer: PredictionAnswer | undefined): void {
  if (answer === undefined) return;
  const { name, version } = answer.model;
  if (model.name !== name) throw failed(`model ${quoteForeign(model.name)}, but ${quoteForeign(name)} in the answers`);
  if (version !== undefined && !model.sha256.startsWith(version))
    throw failed(`model ${quoteForeign(model.sha256, 13)}, but version ${quoteForeign(version, 20)} in the answers`);
}
