// GET /stats: its counts have moved by what this visit sent, and it names the model that answered.
import { quoteForeign } from '../../text-table.ts';
import type { PredictionAnswer, StatsAnswer } from '../../wire.ts';
import type { Check } from '../check.ts';
import { CheckFailure, failed } from '../check-failure.ts';
import { anotherProcess, movementsOf, readStats } from '../counters.ts';

export const stats: Check = {
  name: 'stats',
  run: async ({ before, answers, ledger, settings, request }) => {
    const { stats: first } = await before();
    if (first instanceof CheckFailure) throw first;
    const answer = answers.at(-1)?.answer;
    checkModel(await readStats(request), answer);
    const named = answer === undefined ? '' : `, model ${quoteForeign(answer.model.name)}`;
    if (!settings.counters) return `counts not compared${named}`;
    if (ledger.answered === 0) return { notChecked: 'no prediction was answered: there is nothing to count' };
    const [predictions] = await movementsOf(async () => {
      const last = await readStats(request);
      if (last.startedAt !== first.startedAt) throw failed(`started anew: ${anotherProcess}`);
      return [
        { what: 'predictions', moved: last.predictions - first.predictions, sent: ledger.answered },
        ...[...ledger.byLabel].map(([label, sent]) => ({
          what: `byClass ${quoteForeign(label, 30)}`,
          moved: (last.byClass[label] ?? 0) - (first.byClass[label] ?? 0),
          sent,
        })),
      ];
    }, settings.shared);
    return `predictions +${predictions?.moved ?? 0}${named}`;
  },
};

function checkModel({ model }: StatsAnswer, answer: PredictionAnswer | undefined): void {
  if (answer === undefined) return;
  const { name, version } = answer.model;
  if (model.name !== name) throw failed(`model ${quoteForeign(model.name)}, but ${quoteForeign(name)} in the answers`);
  if (version !== undefined && !model.sha256.startsWith(version))
    throw failed(`model ${quoteForeign(model.sha256, 13)}, but version ${quoteForeign(version, 20)} in the answers`);
}
