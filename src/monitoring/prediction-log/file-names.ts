// The names of a log's files: <prefix>-<UTC day>[-<instance>]-<sequence>.jsonl, as predictions-2026-11-25-pod7-000.jsonl.
import { PawprintError } from '../../core/index.ts';

/** One file of a log. */
export interface LogFileName {
  readonly name: string;
  /** `2026-11-25`: every line of the file has a time of this day, UTC. */
  readonly day: string;
  /** Which process writes it; empty: the only one. */
  readonly instance: string;
  /** 0, 1, … within day and instance. */
  readonly sequence: number;
}

const instancePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export function logFileName(prefix: string, file: Omit<LogFileName, 'name'>): string {
  const instance = file.instance === '' ? '' : `-${file.instance}`;
  return `${prefix}-${file.day}${instance}-${String(file.sequence).padStart(3, '0')}.jsonl`;
}

/** The parts of a name; undefined for a file that is not of this log. */
export function parseLogFileName(prefix: string, name: string): LogFileName | undefined {
  if (!name.startsWith(`${prefix}-`)) return undefined;
  const rest = name.slice(prefix.length + 1);
  const [, day, instance = '', sequence] = /^(\d{4}-\d{2}-\d{2})(?:-(.+))?-(\d{3,15})\.jsonl$/.exec(rest) ?? [];
  if (day === undefined || sequence === undefined) return undefined;
  if (instance !== '' && !instancePattern.test(instance)) return undefined;
  return { name, day, instance, sequence: Number(sequence) };
}

/** The order in which one instance wrote them, as long as its clock did not go back by a day. */
export function compareLogFiles(a: LogFileName, b: LogFileName): number {
  return compareText(a.day, b.day) || a.sequence - b.sequence || compareText(a.instance, b.instance);
}

/** By code unit: the order of ISO times, and the same in every language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A host's name or the like as an instance id: what a file's name may not hold becomes a dash. */
export function instanceIdFrom(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63);
}

/** Throws CONFIG_INVALID for an instance id that cannot stand in a file's name. */
export function checkInstanceId(instance: string): void {
  if (instance === '' || instancePattern.test(instance)) return;
  throw new PawprintError('CONFIG_INVALID', {
    message: 'the instance id of the prediction log cannot stand in the name of a file',
    expected: 'at most 63 letters, digits, dots, dashes and underscores, a letter or digit first',
    received: instance.slice(0, 80),
  });
}
