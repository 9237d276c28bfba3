// The README's reference of commands, out of the commands themselves: one schema gives the flag, its help and this.
import { commandTable } from '../src/cli/command-table.ts';
import type { Command } from '../src/cli/command.ts';
import { listFlags, type FlagSpec } from '../src/cli/options.ts';

const begin = '<!-- commands:begin (npm run docs writes what stands between these lines) -->';
const end = '<!-- commands:end -->';

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function flagRow(spec: FlagSpec): string {
  const name = spec.kind === 'boolean' && spec.defaultValue === true ? spec.flag.replace('--', '--no-') : spec.flag;
  const notes = [
    spec.required ? 'required' : '',
    spec.choices?.join(', ') ?? '',
    spec.kind === 'list' ? 'may be repeated' : '',
    typeof spec.defaultValue === 'string' || typeof spec.defaultValue === 'number'
      ? `default ${spec.defaultValue}`
      : '',
  ].filter((note) => note !== '');
  const description = name === spec.flag ? spec.description : `do not: ${spec.description}`;
  return `| \`${name}\` | ${escapeCell(description)} | ${escapeCell(notes.join('; '))} |`;
}

function renderCommand(command: Command): string {
  const positionals = command.positionals.map(
    ({ name, required, variadic }) => ` ${required === true ? name : `[${name}]`}${variadic === true ? ' …' : ''}`,
  );
  const lines = [
    '<details>',
    `<summary><code>pawprint ${command.name}</code>: ${command.summary}</summary>`,
    '',
    command.description ?? '',
    '',
    '```sh',
    `pawprint ${command.name}${positionals.join('')} [flags]`,
    ...command.examples,
    '```',
    '',
    '| flag | what it does | |',
    '| --- | --- | --- |',
    ...command.positionals.map(({ name, description }) => `| ${name} | ${escapeCell(description)} | |`),
    ...listFlags(command.options).map(flagRow),
    '',
    '</details>',
  ];
  return lines.join('\n');
}

/** `readme` with its reference of commands brought up to date. */
export async function updateCommandDocs(readme: string): Promise<string> {
  const modules = await Promise.all(Object.values(commandTable).map(async (load) => load()));
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error('README.md has lost the lines that mark its reference of commands');
  const reference = modules.map((module) => renderCommand(module.default)).join('\n\n');
  return `${readme.slice(0, from + begin.length)}\n\n${reference}\n\n${readme.slice(to)}`;
}
