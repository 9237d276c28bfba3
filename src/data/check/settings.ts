// Thresholds and gates of a check: the findings' own, and those that a user sets in words (dark=0.1, tiny=2%).
import { nearestWord, PawprintError } from '../../core/index.ts';
import { findingIds, findings, type Finding, type FindingId, type GateLimit } from './findings/index.ts';

export interface CheckSettings {
  /** 0 for findings that have none. */
  readonly thresholds: Readonly<Record<FindingId, number>>;
  /** undefined: no gate. */
  readonly gates: Readonly<Record<FindingId, GateLimit | undefined>>;
}

/**
 * The findings' own settings with some replaced. `thresholds` are `finding=number`; `gates` are `finding=off`, `=N` (at
 * most N photos, groups or classes) or `=N%` (of all photos). Throws USAGE for anything else.
 */
export function checkSettings(words: {
  readonly thresholds?: readonly string[];
  readonly gates?: readonly string[];
}): CheckSettings {
  const thresholds = Object.fromEntries(allFindings.map(({ id, threshold }) => [id, threshold?.value ?? 0]));
  const gates = Object.fromEntries(allFindings.map(({ id, gate }) => [id, gate]));
  for (const word of words.thresholds ?? []) {
    const { finding, value } = splitPair(word, '--threshold', 'dark=0.1');
    thresholds[finding.id] = parseThreshold(finding, value, word);
  }
  for (const word of words.gates ?? []) {
    const { finding, value } = splitPair(word, '--gate', 'truncated=2%');
    gates[finding.id] = parseGate(value, word);
  }
  return {
    thresholds: thresholds as Record<FindingId, number>,
    gates: gates as Record<FindingId, GateLimit | undefined>,
  };
}

const allFindings: readonly Finding[] = findings;

function splitPair(word: string, flag: string, example: string): { finding: Finding; value: string } {
  const equals = word.indexOf('=');
  const id = equals < 0 ? word : word.slice(0, equals);
  const finding = allFindings.find((each) => each.id === id);
  if (finding === undefined) {
    const nearest = nearestWord(id, findingIds);
    throw new PawprintError('USAGE', {
      message: `${flag} ${word}: there is no finding called "${id}"`,
      expected: `one of ${findingIds.join(', ')}`,
      received: id,
      hint: nearest === undefined ? `For example ${flag} ${example}.` : `Did you mean "${nearest}"?`,
    });
  }
  if (equals < 0)
    throw new PawprintError('USAGE', {
      message: `${flag} ${word} gives no value`,
      expected: `finding=value, for example ${example}`,
      received: word,
    });
  return { finding, value: word.slice(equals + 1) };
}

function parseThreshold({ id, threshold }: Finding, value: string, word: string): number {
  if (threshold === undefined)
    throw new PawprintError('USAGE', {
      message: `--threshold ${word}: ${id} has no threshold`,
      expected: `one of ${allFindings.flatMap((each) => (each.threshold === undefined ? [] : [each.id])).join(', ')}`,
      received: id,
    });
  const number = parseNumber(value);
  if (number === undefined)
    throw new PawprintError('USAGE', {
      message: `--threshold ${word}: "${value}" is not a number`,
      expected: `a number: ${threshold.meaning}`,
      received: value,
      hint: `The default is ${id}=${threshold.value}.`,
    });
  return number;
}

function parseGate(value: string, word: string): GateLimit | undefined {
  if (value === 'off') return undefined;
  const share = value.endsWith('%');
  const number = parseNumber(share ? value.slice(0, -1) : value);
  if (number === undefined || (share && number > 100) || (!share && !Number.isInteger(number)))
    throw new PawprintError('USAGE', {
      message: `--gate ${word} is not understood`,
      expected: 'off, a count (0, 5) or a share of all photos (2%)',
      received: value,
    });
  return share ? { unit: 'share', limit: number / 100 } : { unit: 'count', limit: number };
}

/** Decimal digits only: no blanks, signs, exponents or hexadecimal. */
function parseNumber(text: string): number | undefined {
  return /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
}
