import assert from 'node:assert/strict';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { z } from 'zod';
import { PawprintError } from '../core/index.ts';
import { defineCommand, type Command } from './command.ts';
import { runCli } from './run.ts';

const echo = defineCommand({
  name: 'data echo',
  summary: 'says what it was given',
  examples: ['pawprint data echo a --to b'],
  positionals: [{ name: 'source', description: 'where from', required: true, variadic: true }],
  options: z.strictObject({
    to: z.string().describe('target folder'),
    count: z.coerce.number().int().positive().optional().describe('how many'),
    imageSizePx: z.number().default(64).describe('side in pixels'),
    cache: z.boolean().default(true).describe('use the cache'),
    flip: z.boolean().optional().describe('mirror'),
    set: z.array(z.string()).default([]).describe('key=value'),
    kind: z.enum(['cnn', 'transfer']).default('cnn').describe('which model'),
  }),
  run: ({ positionals, options }) =>
    Promise.resolve({ json: { ...positionals, ...options }, text: `to ${options.to}`, exitCode: 0 }),
});

const fail = defineCommand({
  name: 'fail',
  summary: 'fails as told',
  examples: ['pawprint fail gate'],
  positionals: [{ name: 'how', description: 'how' }],
  options: z.strictObject({}),
  run: ({ positionals: { how }, context }) => {
    context.progress.line('working');
    if (how[0] === 'gate')
      throw new PawprintError('GATE_NOT_MET', { message: 'too low', expected: '1', received: '0', hint: 'train' });
    if (how[0] === 'disk') throw Object.assign(new Error('full'), { code: 'ENOSPC', path: '/x' });
    if (how[0] === 'bug') throw new TypeError('x is undefined');
    return Promise.resolve({ json: [], text: '', exitCode: 3 as const });
  },
});

const stream = defineCommand({
  name: 'stream',
  summary: 'streams',
  examples: ['pawprint stream'],
  options: z.strictObject({}),
  run: ({ context }) => {
    async function* lines(): AsyncGenerator<string> {
      for (let i = 0; i < 3; i++) yield await Promise.resolve(context.json ? `{"i":${i}}\n` : `line ${i}\n`);
    }
    return Promise.resolve({ stream: lines(), exitCode: () => 1 as const });
  },
});

class Memory extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

async function run(...argv: string[]): Promise<Outcome> {
  const [stdout, stderr] = [new Memory(), new Memory()];
  const load = (command: Command) => () => Promise.resolve({ default: command });
  const exitCode = await runCli(argv, {
    commands: { 'data echo': load(echo), fail: load(fail), stream: load(stream) },
    cwd: '/',
    env: {},
    signal: new AbortController().signal,
    interruption: () => undefined,
    stdin: Readable.from([]),
    stdout,
    stderr,
    stderrIsTerminal: false,
    columns: () => 80,
    now: () => new Date(0),
    version: '9.8.7',
  });
  return { exitCode, out: stdout.text, err: stderr.text };
}

test('flags are typed, repeated, negated, defaulted, and reach the command by their keys', async () => {
  const words = '--to b --count 3 --image-size-px=32 --no-cache --no-flip --set x=1 --set y=2 --kind transfer';
  const { exitCode, out, err } = await run('data', 'echo', 'a', 'c', ...words.split(' '), '--json');
  assert.deepEqual([exitCode, err], [0, '']);
  assert.deepEqual(JSON.parse(out), {
    source: ['a', 'c'],
    to: 'b',
    count: 3,
    imageSizePx: 32,
    cache: false,
    flip: false,
    set: ['x=1', 'y=2'],
    kind: 'transfer',
  });
  const defaults = JSON.parse((await run('data', 'echo', 'a', '--to', 'b', '--json')).out) as object;
  assert.deepEqual(defaults, { source: ['a'], to: 'b', imageSizePx: 64, cache: true, set: [], kind: 'cnn' });
});

test('without --json the text is printed, with a newline', async () => {
  assert.deepEqual(await run('data', 'echo', 'a', '--to', 'b'), { exitCode: 0, out: 'to b\n', err: '' });
});

const usageErrors: readonly (readonly [string, RegExp])[] = [
  ['data echo', /missing required argument 'source'/],
  ['data echo a', /--to is missing\n {2}expected: target folder\n {2}received: nothing/],
  ['data echo a --to', /option '--to <value>' argument missing/],
  ['data echo a --to b --cuont 3', /unknown option '--cuont'\n {2}hint: Did you mean --count\?/],
  ['data echo a --to b --count three', /--count .*\n {2}expected: a number\n {2}received: "three"/],
  ['data echo a --to b --count=', /--count .*\n {2}expected: a number\n {2}received: ""/],
  ['data echo a --to b --count 1.5', /--count .*\n {2}expected: a whole number\n {2}received: 1\.5/],
  ['data echo a --to b --count -3', /--count .*\n {2}expected: a number above 0\n {2}received: -3/],
  ['data echo a --to b --kind tree', /--kind .*\n {2}expected: one of cnn, transfer\n {2}received: "tree"/],
  ['data ecko', /unknown command 'ecko'\n {2}hint: Did you mean echo\? Type "pawprint data --help"/],
  ['dta', /unknown command 'dta'\n {2}hint: Did you mean data\? Type "pawprint --help"/],
  ['data zzzzzz', /unknown command 'zzzzzz'\n {2}hint: Type "pawprint data --help"/],
  ['dta ecko a', /unknown command 'dta'\n {2}hint: Did you mean data echo\?/],
  ['stream extra', /too many arguments/],
  ['--nonsense', /unknown option '--nonsense'/],
];

for (const [words, expected] of usageErrors)
  test(`a usage error exits with 2 and says why: ${words}`, async () => {
    const { exitCode, out, err } = await run(...words.split(' '));
    assert.deepEqual([exitCode, out], [2, '']);
    assert.match(err, expected);
  });

test('under --json an error is one object on stdout, its words still on stderr', async () => {
  const { exitCode, out, err } = await run('fail', 'gate', '--json', '--quiet');
  assert.equal(exitCode, 3);
  assert.deepEqual(JSON.parse(out), {
    error: { code: 'GATE_NOT_MET', message: 'too low', expected: '1', received: '0', hint: 'train' },
  });
  assert.equal(err, 'pawprint: too low\n  expected: 1\n  received: 0\n  hint: train\n');
  const usage = JSON.parse((await run('dta', '--json')).out) as { error: { code: string } };
  assert.equal(usage.error.code, 'USAGE');
});

test('system errors become Pawprint errors; the rest is a bug, its stack only under --debug', async () => {
  assert.match((await run('fail', 'disk')).err, /disk is full/);
  const bug = await run('fail', 'bug', '--json');
  assert.equal(bug.exitCode, 1);
  assert.match(bug.err, /x is undefined\n {2}This is a bug/);
  assert.doesNotMatch(bug.err, /at run|run\.test/);
  assert.deepEqual(JSON.parse(bug.out), { error: { code: 'INTERNAL', message: 'x is undefined' } });
  assert.match((await run('fail', 'bug', '--debug')).err, /run\.test\.ts/);
});

test("a command's own exit code is passed on; --quiet silences progress", async () => {
  assert.deepEqual(await run('fail'), { exitCode: 3, out: '', err: 'working\n' });
  assert.deepEqual(await run('fail', '--quiet'), { exitCode: 3, out: '', err: '' });
});

test('streams are printed as they come and their exit code is asked last', async () => {
  assert.deepEqual(await run('stream'), { exitCode: 1, out: 'line 0\nline 1\nline 2\n', err: '' });
  assert.equal((await run('stream', '--json')).out, '{"i":0}\n{"i":1}\n{"i":2}\n');
});

test('help lists every command by its full name; a command shows flags, defaults, choices and examples', async () => {
  for (const words of [[], ['--help'], ['-h']]) {
    const { exitCode, out, err } = await run(...words);
    assert.deepEqual([exitCode, err], [0, '']);
    assert.match(out, /^ {2}data echo .* says what it was given$/m);
    assert.match(out, /^ {2}stream .* streams$/m);
  }
  assert.match((await run('data')).out, /^ {2}data echo /m);
  const { exitCode, out } = await run('data', 'echo', '--help');
  assert.equal(exitCode, 0);
  for (const part of [
    /Usage: pawprint data echo \[options\] <source\.\.\.>/,
    /--to <value> +target folder \(required\)/,
    /--image-size-px <n> +side in pixels \(default 64\)/,
    /--no-cache/,
    /--kind <value> +which model \(one of cnn, transfer; default cnn\)/,
    /Examples:\n {2}pawprint data echo a --to b/,
  ])
    assert.match(out, part);
});

test('--version prints the version', async () => {
  assert.deepEqual(await run('--version'), { exitCode: 0, out: '9.8.7\n', err: '' });
});
