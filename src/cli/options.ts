// Flags from a zod schema: one schema gives the flags, their help text and the check of their values.
import { Option } from 'commander';
import { z } from 'zod';
import { listComplaints, PawprintError, previewValue } from '../core/index.ts';

/** Values as the command line gave them, by option key; keys that were not typed are absent. */
export type RawOptions = Readonly<Record<string, unknown>>;

type FlagKind = 'boolean' | 'number' | 'list' | 'text';

/** What help and parsing need to know of one key of the schema. */
export interface FlagSpec {
  readonly key: string;
  /** `--image-size-px` */
  readonly flag: string;
  readonly kind: FlagKind;
  readonly description: string;
  readonly choices: readonly string[] | undefined;
  readonly required: boolean;
  readonly defaultValue: unknown;
}

/** imageSizePx → --image-size-px */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The innermost schema under optional, default, pipes and the like, with what its layers say on the way down. */
function unwrap(schema: z.core.$ZodType): { inner: z.core.$ZodType; description: string; defaultValue: unknown } {
  let inner = schema;
  let description = '';
  let defaultValue: unknown;
  for (;;) {
    description ||= z.globalRegistry.get(inner)?.description ?? '';
    if (inner instanceof z.ZodDefault) defaultValue ??= inner.def.defaultValue;
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodDefault)
      inner = inner.def.innerType;
    else if (inner instanceof z.ZodReadonly || inner instanceof z.ZodCatch || inner instanceof z.ZodPrefault)
      inner = inner.def.innerType;
    else if (inner instanceof z.ZodPipe) inner = inner.def.in instanceof z.ZodTransform ? inner.def.out : inner.def.in;
    else return { inner, description, defaultValue };
  }
}

function kindOf(inner: z.core.$ZodType): FlagKind {
  if (inner instanceof z.ZodBoolean) return 'boolean';
  if (inner instanceof z.ZodNumber) return 'number';
  if (inner instanceof z.ZodArray) return 'list';
  return 'text';
}

/** The flags of a command, in the order of its schema. */
export function listFlags(schema: z.ZodObject): FlagSpec[] {
  return Object.entries<z.core.$ZodType>(schema.shape).map(([key, field]) => {
    const { inner, description, defaultValue } = unwrap(field);
    return {
      key,
      flag: flagOf(key),
      kind: kindOf(inner),
      description,
      choices: inner instanceof z.ZodEnum ? inner.options.map(String) : undefined,
      required: !z.safeParse(field, undefined).success,
      defaultValue,
    };
  });
}

const valueNames: Record<Exclude<FlagKind, 'boolean'>, string> = { number: '<n>', list: '<value>', text: '<value>' };

function helpText(spec: FlagSpec): string {
  const notes = [
    spec.required ? 'required' : '',
    spec.choices === undefined ? '' : `one of ${spec.choices.join(', ')}`,
    spec.kind === 'list' ? 'may be repeated' : '',
    spec.defaultValue === undefined || spec.defaultValue === false || spec.kind === 'list'
      ? ''
      : `default ${previewDefault(spec.defaultValue)}`,
  ].filter((note) => note !== '');
  return notes.length === 0 ? spec.description : `${spec.description} (${notes.join('; ')})`;
}

function previewDefault(value: unknown): string {
  return typeof value === 'string' ? value : previewValue(value);
}

/** Commander's options for one flag. A boolean that is true by default also gets its `--no-` form. */
export function toCommanderOptions(spec: FlagSpec): Option[] {
  const help = helpText(spec);
  if (spec.kind === 'boolean') {
    const negative = new Option(spec.flag.replace('--', '--no-'), spec.defaultValue === true ? `do not: ${help}` : '');
    if (spec.defaultValue === true) return [negative];
    const positive = new Option(spec.flag, help);
    return spec.defaultValue === false ? [positive] : [positive, negative.hideHelp()];
  }
  const option = new Option(`${spec.flag} ${valueNames[spec.kind]}`, help);
  if (spec.kind === 'list')
    option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
  return [option];
}

/** Text that is a number becomes one; anything else stays, for the schema to object to. */
function toNumber(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return value;
  const number = Number(value);
  return Number.isNaN(number) ? value : number;
}

/** Checks raw flags against the schema. Throws USAGE that names the flag, what was expected and what came. */
export function parseOptions<Schema extends z.ZodObject>(
  schema: Schema,
  raw: RawOptions,
  commandName: string,
): z.output<Schema> {
  const flags = listFlags(schema);
  const input: Record<string, unknown> = { ...raw };
  for (const { key, kind, flag } of flags) {
    if (kind !== 'number' || input[key] === undefined) continue;
    const value = toNumber(input[key]);
    // Not left to the schema: a coercing one would read an empty text as 0.
    if (typeof value !== 'number') throw usage(commandName, flag, 'a number', JSON.stringify(value));
    input[key] = value;
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const complaint = listComplaints(parsed.error, input)[0];
  if (complaint === undefined) throw new Error('a schema failed without saying why');
  const key = complaint.path.split('.')[0] ?? '';
  const spec = flags.find((flag) => flag.key === key);
  if (spec !== undefined && raw[key] === undefined)
    throw new PawprintError('USAGE', {
      message: `${spec.flag} is missing`,
      expected: spec.description === '' ? complaint.expected : spec.description,
      received: 'nothing',
      hint: helpHint(commandName),
    });
  const received = spec?.kind === 'list' ? JSON.stringify(raw[key]) : complaint.received;
  throw usage(commandName, spec?.flag ?? complaint.path, complaint.expected, received);
}

function usage(commandName: string, flag: string, expected: string, received: string): PawprintError {
  const message = flag === '' ? `the flags do not go together` : `${flag} has a value that does not fit`;
  return new PawprintError('USAGE', { message, expected, received, hint: helpHint(commandName) });
}

/** Where to read on after a usage error. */
export function helpHint(commandName: string): string {
  return `Type "pawprint ${commandName === '' ? '' : `${commandName} `}--help" to see what it takes.`;
}
