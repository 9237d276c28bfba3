// The command line through the real binary: help, exit codes, suggestions, JSON errors, signals, closed pipes.
import assert from 'node:assert/strict';
import { execFile, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commandTable } from '../src/cli/command-table.ts';
import { cloneBinary, runPawprint, type RunOptions } from './support/run-pawprint.ts';

const execute = promisify(execFile);

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-cli-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('without arguments: help on stdout, nothing on stderr, every command named', async () => {
  const { exitCode, out, err } = await runPawprint([]);
  assert.deepEqual([exitCode, err], [0, '']);
  for (const name of Object.keys(commandTable)) assert.match(out, new RegExp(`^ {2}${name} `, 'm'));
});

for (const [name, load] of Object.entries(commandTable))
  test(`${name}: its own name, help with a description of every flag, examples that start with it`, async () => {
    const { default: command } = await load();
    assert.equal(command.name, name);
    const { exitCode, out } = await runPawprint([...name.split(' '), '--help']);
    assert.equal(exitCode, 0);
    assert.match(out, new RegExp(`Usage: pawprint ${name} `));
    assert.match(out, new RegExp(`Examples:\\n {2}pawprint ${name}`));
    for (const flag of out.matchAll(/^ {2}(--[\w-]+(?: <\w+>)?)(.*)$/gm))
      assert.match(flag[2] ?? '', /\S/, `${flag[1] ?? ''} has a description`);
  });

test('exit codes and words: 2 for usage with a suggestion, 1 for what failed, JSON on demand', async (t) => {
  const folder = await temporaryFolder(t);
  const misspelt = await runPawprint(['data', 'chek', folder]);
  assert.equal(misspelt.exitCode, 2);
  assert.match(misspelt.err, /Did you mean check\?/);
  const flag = await runPawprint(['data', 'check', folder, '--jsno']);
  assert.equal(flag.exitCode, 2);
  assert.match(flag.err, /Did you mean --json\?/);
  const absent = await runPawprint(['data', 'check', join(folder, 'absent'), '--json']);
  assert.equal(absent.exitCode, 1);
  const { error } = JSON.parse(absent.out) as { error: { code: string; message: string } };
  assert.equal(error.code, 'FILE_NOT_FOUND');
  assert.match(error.message, /absent/);
});

/** A Node on this machine that is too old to run Pawprint itself, as users have it. */
async function findOldNode(): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, 'node');
    const version = await execute(candidate, ['--version']).then(
      ({ stdout }) => Number(/^v(\d+)/.exec(stdout)?.[1] ?? 0),
      () => 0,
    );
    if (version >= 16 && version < 24) return candidate;
  }
  return undefined;
}

const oldNode = process.platform === 'win32' ? undefined : await findOldNode();
const launchers = [
  { name: 'Node 24', command: undefined },
  { name: 'an older Node', command: oldNode },
] as const;

for (const { name, command } of launchers) {
  const skip = name !== 'Node 24' && command === undefined ? 'no Node from 16 to 23 on this machine' : false;
  const launch: RunOptions = command === undefined ? {} : { command: [command, cloneBinary] };

  test(`${name}: arguments, output and exit code pass through, without a warning`, { skip }, async () => {
    const { exitCode, out, err } = await runPawprint(['--version'], launch);
    assert.deepEqual([exitCode, err], [0, '']);
    assert.match(out, /^\d+\.\d+\.\d+\n$/);
    assert.equal((await runPawprint(['no such command'], launch)).exitCode, 2);
  });

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    test(`${name}: ${signal} stops cleanly with ${exitCode} and leaves nothing half-written`, { skip }, async (t) => {
      const folder = await temporaryFolder(t);
      const outcome = await runPawprint(['data', 'sample', '--to', join(folder, 'raw'), '--count', '200000'], {
        ...launch,
        meanwhile: (child) => void signalOnceItWrites(child, folder, signal),
      });
      assert.deepEqual([outcome.exitCode, outcome.signal], [exitCode, null], outcome.err);
      assert.match(outcome.err, /stopping cleanly/);
      assert.doesNotMatch(outcome.err, /terminate called|unsettled|Error:/);
      const left = await readdir(folder, { recursive: true });
      assert.deepEqual(
        left.filter((path) => /\.tmp$|\.partial$/.test(path)),
        [],
      );
    });

  test(`${name}: kill -9 leaves no process behind`, { skip }, async (t) => {
    const folder = await temporaryFolder(t);
    const outcome = await runPawprint(['data', 'sample', '--to', join(folder, 'raw'), '--count', '200000'], {
      ...launch,
      meanwhile: (child) => void signalOnceItWrites(child, folder, 'SIGKILL'),
    });
    // runPawprint ends when the last process that holds the output has ended: a child left behind would keep it open.
    assert.equal(outcome.signal, 'SIGKILL');
  });
}

/** Waits until `child` has begun to write below `folder`, then sends it `signal`. */
async function signalOnceItWrites(child: ChildProcess, folder: string, signal: NodeJS.Signals): Promise<void> {
  while (child.exitCode === null && (await readdir(folder, { recursive: true })).length < 2) await setTimeout(20);
  child.kill(signal);
}

test('a reader that goes away ends the command quietly, with 0', async (t) => {
  const folder = await temporaryFolder(t);
  const { exitCode, err } = await runPawprint(
    ['data', 'sample', '--to', join(folder, 'raw'), '--count', '4', '--quiet'],
    {
      meanwhile: (child) => child.stdout?.destroy(),
    },
  );
  assert.deepEqual([exitCode, err], [0, '']);
});
