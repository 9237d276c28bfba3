// One run of the command line, from argv to an exit code. It knows commander and nothing of the process: streams,
// environment, clock and signal are handed in by main.ts, so that tests run it in process too.
import { once } from 'node:events';
import { Command as CommanderCommand, CommanderError } from 'commander';
import { asPawprintError, describeError, errorTable, exitCodes, nearestWord, PawprintError } from '../core/index.ts';
import type { Command, CommandContext, CommandResult } from './command.ts';
import type { CommandLoader } from './command-table.ts';
import { helpHint, listFlags, toCommanderOptions, type RawOptions } from './options.ts';
import { createProgress } from './progress.ts';

/** Why and how a run is being stopped from outside. */
export interface Interruption {
  /** The exit code of a run that stops for it. */
  readonly exitCode: number;
  /** Nobody is there to read about it. */
  readonly silent: boolean;
}

/** The outside world, as main.ts or a test hands it over. */
export interface CliWorld extends Omit<CommandContext, 'progress' | 'json'> {
  readonly commands: Readonly<Record<string, CommandLoader>>;
  readonly stderrIsTerminal: boolean;
  readonly columns: () => number;
  /** Set before `signal` aborts. */
  readonly interruption: () => Interruption | undefined;
}

interface GlobalFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
}

const examplesOfAll = [
  'pawprint data sample --to data/raw',
  'pawprint data prepare --data data/raw --to data/prepared',
  'pawprint train cnn --data data/prepared --out models/cnn.onnx',
  'pawprint predict --model models/cnn.onnx photo.jpg',
];

/** Runs `argv` (without node and script) and returns the exit code; never throws, never exits. */
export async function runCli(argv: readonly string[], world: CliWorld): Promise<number> {
  const flags = readGlobalFlags(argv);
  try {
    return await parseAndRun(argv, flags, world);
  } catch (error) {
    return await reportError(asPawprintError(error, 'the command failed'), flags, world);
  }
}

/** The flags that shape errors are needed even when parsing fails, so they are looked for by hand. */
function readGlobalFlags(argv: readonly string[]): GlobalFlags {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  return { json: words.includes('--json'), quiet: words.includes('--quiet'), debug: words.includes('--debug') };
}

/** Loads the one command that argv names, or all of them when help or a suggestion may be needed. */
async function loadCommands(argv: readonly string[], table: CliWorld['commands']): Promise<Command[]> {
  const words = argv.filter((word) => !word.startsWith('-'));
  const named = [words.slice(0, 2).join(' '), words[0] ?? ''].find((name) => Object.hasOwn(table, name));
  const loaders = Object.entries(table).flatMap(([name, load]) =>
    named === undefined || name === named ? [load] : [],
  );
  const modules = await Promise.all(loaders.map(async (load) => await load()));
  return modules.map((module) => module.default);
}

async function parseAndRun(argv: readonly string[], flags: GlobalFlags, world: CliWorld): Promise<number> {
  const commands = await loadCommands(argv, world.commands);
  let exitCode: number = exitCodes.done;
  let out = '';
  let complaint = '';
  const program = buildProgram(commands, world, async (invocation) => {
    exitCode = await runCommand(invocation, flags, world);
  });
  forEachCommand(program, (command) => {
    command.exitOverride().configureOutput({
      writeOut: (text) => (out += text),
      writeErr: (text) => (complaint += text),
      getOutHelpWidth: () => Math.min(100, world.columns()),
      getErrHelpWidth: () => Math.min(100, world.columns()),
    });
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.help') out += complaint;
    else if (error.exitCode !== 0) throw asUsageError(error, argv, world.commands);
  }
  await write(world, out);
  return exitCode;
}

/** A command and what was typed for it, before its schema has looked. */
interface Invocation {
  readonly command: Command;
  readonly raw: RawOptions;
  readonly positionals: Readonly<Record<string, string[]>>;
}
type Action = (invocation: Invocation) => Promise<void>;

function buildProgram(commands: readonly Command[], world: CliWorld, action: Action): CommanderCommand {
  const program = new CommanderCommand('pawprint')
    .description('From a folder of photos to a trained, evaluated image classifier.')
    .version(world.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .configureHelp({
      visibleCommands: leavesOf,
      subcommandTerm: commandPath,
    })
    .addHelpText('after', examplesText(examplesOfAll));
  for (const command of commands) {
    const words = command.name.split(' ');
    const last = words.pop() ?? '';
    let parent = program;
    for (const word of words)
      parent =
        parent.commands.find((existing) => existing.name() === word) ??
        parent
          .command(word)
          .description(groupSummaries[word] ?? '')
          .helpCommand(false);
    addCommand(parent.command(last), command, action);
  }
  return program;
}

/** Every command below `command` that does something, groups resolved. */
function leavesOf(command: CommanderCommand): CommanderCommand[] {
  return command.commands.flatMap((child) => (child.commands.length === 0 ? [child] : leavesOf(child)));
}

/** The words typed after `pawprint` to reach it. */
function commandPath(command: CommanderCommand): string {
  const parent = command.parent;
  return parent === null || parent.parent === null ? command.name() : `${commandPath(parent)} ${command.name()}`;
}

const groupSummaries: Partial<Record<string, string>> = {
  data: 'get, check and prepare photos',
  'api-key': 'keys for the service',
};

function addCommand(target: CommanderCommand, command: Command, action: Action): void {
  target.summary(command.summary).description(command.description ?? command.summary);
  for (const { name, description, required, variadic } of command.positionals) {
    const inner = variadic === true ? `${name}...` : name;
    target.argument(required === true ? `<${inner}>` : `[${inner}]`, description);
  }
  for (const spec of listFlags(command.options))
    for (const option of toCommanderOptions(spec)) target.addOption(option);
  target
    .option('--json', 'print the result as JSON, on stdout alone')
    .option('--quiet', 'no progress on stderr')
    .option('--debug', 'show stack traces of errors')
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false)
    .addHelpText('after', examplesText(command.examples))
    .action(async (...received: (string | string[] | undefined)[]) => {
      await action({ command, raw: typedOptions(target), positionals: namePositionals(command, received) });
    });
}

/** A `--no-x` makes commander set x to true by itself; only what was typed is passed on. */
function typedOptions(target: CommanderCommand): RawOptions {
  const own = new Set(['json', 'quiet', 'debug']);
  return Object.fromEntries(
    Object.entries(target.opts<Record<string, unknown>>()).filter(
      ([key]) => !own.has(key) && target.getOptionValueSource(key) === 'cli',
    ),
  );
}

/** Commander hands each positional as undefined, a text or a list of texts; a command always gets a list. */
function namePositionals(
  command: Command,
  received: readonly (string | string[] | undefined)[],
): Record<string, string[]> {
  return Object.fromEntries(command.positionals.map(({ name }, i) => [name, [received[i] ?? []].flat()]));
}

function examplesText(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`;
}

function forEachCommand(command: CommanderCommand, visit: (command: CommanderCommand) => void): void {
  visit(command);
  for (const child of command.commands) forEachCommand(child, visit);
}

async function runCommand(invocation: Invocation, flags: GlobalFlags, world: CliWorld): Promise<number> {
  const { cwd, env, signal, stdin, stdout, stderr, now, version } = world;
  const progress = createProgress({
    stream: stderr,
    isTerminal: world.stderrIsTerminal,
    quiet: flags.quiet,
    columns: world.columns,
    nowMs: () => performance.now(),
  });
  const context = { cwd, env, progress, signal, stdin, stdout, stderr, now, version, json: flags.json };
  const result = await invocation.command.start(invocation.raw, invocation.positionals, context);
  return printResult(result, flags.json, world);
}

async function printResult(result: CommandResult, json: boolean, world: CliWorld): Promise<number> {
  if (!('stream' in result)) {
    const text = json ? JSON.stringify(result.json, null, 2) : result.text;
    await write(world, text === '' || text.endsWith('\n') ? text : `${text}\n`);
    return result.exitCode ?? exitCodes.done;
  }
  for await (const chunk of result.stream) {
    if (world.interruption()?.silent === true) throw cancelled();
    await write(world, chunk);
  }
  return result.exitCode?.() ?? exitCodes.done;
}

/** Writes at the reader's pace; not for a reader that has gone away. */
async function write(world: CliWorld, text: string): Promise<void> {
  if (text === '' || world.stdout.write(text) || world.signal.aborted) return;
  await once(world.stdout, 'drain', { signal: world.signal }).catch(() => undefined);
}

function cancelled(): PawprintError {
  return new PawprintError('CANCELLED', { message: 'stopped' });
}

/** Commander's complaint in the house's form. */
function asUsageError(error: CommanderError, argv: readonly string[], table: CliWorld['commands']): PawprintError {
  const [first = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = /\(Did you mean (.+)\?\)/.exec(more.join(' '))?.[1] ?? nearestCommand(error, argv, table);
  const name = nearestHelp(argv, table);
  return new PawprintError('USAGE', {
    message: first,
    hint: suggestion === undefined ? helpHint(name) : `Did you mean ${suggestion}? ${helpHint(name)}`,
  });
}

/** What may have been meant by a first word that is no command: commander looks only at what its help lists. */
function nearestCommand(
  error: CommanderError,
  argv: readonly string[],
  table: CliWorld['commands'],
): string | undefined {
  if (error.code !== 'commander.unknownCommand') return undefined;
  const [first = '', second = ''] = argv.filter((argument) => !argument.startsWith('-'));
  const names = Object.keys(table);
  const inGroup = names.filter((name) => name.startsWith(`${first} `)).map((name) => name.slice(first.length + 1));
  if (inGroup.length > 0) return nearestWord(second, inGroup);
  return (
    nearestWord(`${first} ${second}`, names) ??
    nearestWord(first, new Set(names.flatMap((name) => [name.split(' ')[0] ?? '', name])))
  );
}

/** The longest beginning of argv that has a help text of its own: a command, or a group of them. */
function nearestHelp(argv: readonly string[], table: CliWorld['commands']): string {
  const words = argv.filter((word) => !word.startsWith('-'));
  const names = Object.keys(table);
  const known = (name: string): boolean => names.some((full) => full === name || full.startsWith(`${name} `));
  return [words.slice(0, 2).join(' '), words[0] ?? ''].find((name) => name !== '' && known(name)) ?? '';
}

/** Library code throws CANCELLED; Node's own functions throw an AbortError for the same signal. */
function isCancellation(error: unknown): boolean {
  return error instanceof PawprintError ? error.code === 'CANCELLED' : (error as Error).name === 'AbortError';
}

/** Errors are words on stderr and, under --json, one object on stdout as well. */
async function reportError(error: unknown, flags: GlobalFlags, world: CliWorld): Promise<number> {
  const interruption = world.interruption();
  if (interruption !== undefined && isCancellation(error)) {
    const hint = error instanceof PawprintError && error.hint !== undefined ? `  hint: ${error.hint}\n` : '';
    if (!interruption.silent) world.stderr.write(`pawprint: stopped; nothing is half-written\n${hint}`);
    return interruption.exitCode;
  }
  const known = error instanceof PawprintError;
  const message = error instanceof Error ? error.message : String(error);
  const words = known
    ? describeError(error)
    : `${message}\n  This is a bug in Pawprint; please report it with the command that led here.`;
  const stack = error instanceof Error && flags.debug ? `\n${error.stack ?? ''}` : '';
  const stackHint = known || flags.debug ? '' : '\n  hint: Run it again with --debug to see where it happened.';
  world.stderr.write(`pawprint: ${words}${stackHint}${stack}\n`);
  if (flags.json) {
    const body = known
      ? { code: error.code, message, expected: error.expected, received: error.received, hint: error.hint }
      : { code: 'INTERNAL', message };
    await write(world, `${JSON.stringify({ error: body })}\n`);
  }
  return known ? error.exitCode : errorTable.INTERNAL.exitCode;
}
