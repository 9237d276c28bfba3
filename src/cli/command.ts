// A command is a typed value: its words, its flags as one zod schema, and a `run` that calls the library and says
// what to print. Parsing, help, errors, signals and printing belong to the framework beside this file.
import type { Readable, Writable } from 'node:stream';
import type { z } from 'zod';
import type { Progress } from '../core/index.ts';
import { parseOptions, type RawOptions } from './options.ts';

export interface Positional {
  /** How help shows it and how it reaches `run`: `source` → `positionals.source`. */
  readonly name: string;
  readonly description: string;
  /** At least one value must be given. */
  readonly required?: boolean;
  /** Any number of values; only the last positional may be variadic. */
  readonly variadic?: boolean;
}

/** Everything of the outside world that a command may touch. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
  /** Aborts on Ctrl-C, SIGTERM, or when nobody reads the output any more. */
  readonly signal: AbortSignal;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly now: () => Date;
  readonly version: string;
  /** True under --json: a stream must then be made of JSON lines. Plain results give both forms and need not ask. */
  readonly json: boolean;
}

/** What a command's exit code may be; usage errors (2) are thrown, not returned. */
export type ResultExitCode = 0 | 1 | 3;

/** A result as a whole: `json` is printed under --json, `text` otherwise. */
export interface WholeResult {
  readonly json: unknown;
  readonly text: string;
  readonly exitCode?: ResultExitCode;
}

/** A result piece by piece (predict): chunks are printed as they come, with the reader's pace kept. */
export interface StreamResult {
  readonly stream: AsyncIterable<string>;
  /** Asked after the last chunk. */
  readonly exitCode?: () => ResultExitCode;
}

export type CommandResult = WholeResult | StreamResult;

export interface CommandDefinition<Name extends string, Schema extends z.ZodObject> {
  /** The words typed after `pawprint`: `train`, `data import`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More, shown by --help of this command. */
  readonly description?: string;
  readonly examples: readonly string[];
  readonly positionals?: readonly (Positional & { readonly name: Name })[];
  /** Flags: key imageSizePx becomes --image-size-px; `.describe()` becomes its help; booleans take no value; arrays repeat. */
  readonly options: Schema;
  readonly run: (input: {
    readonly positionals: Readonly<Record<Name, string[]>>;
    readonly options: z.output<Schema>;
    readonly context: CommandContext;
  }) => Promise<CommandResult>;
}

/** A defined command, its types sealed inside `start`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly examples: readonly string[];
  readonly positionals: readonly Positional[];
  readonly options: z.ZodObject;
  /** Checks the raw flags against the schema (throws USAGE), then runs. */
  start(
    raw: RawOptions,
    positionals: Readonly<Record<string, string[]>>,
    context: CommandContext,
  ): Promise<CommandResult>;
}

/** Declares a command; the default export of each file in commands/. */
export function defineCommand<const Name extends string, Schema extends z.ZodObject>(
  definition: CommandDefinition<Name, Schema>,
): Command {
  return {
    name: definition.name,
    summary: definition.summary,
    description: definition.description,
    examples: definition.examples,
    positionals: definition.positionals ?? [],
    options: definition.options,
    start: async (raw, positionals, context) =>
      definition.run({
        positionals,
        options: parseOptions(definition.options, raw, definition.name),
        context,
      }),
  };
}
