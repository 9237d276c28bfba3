// A fresh clone installs itself, once, however many scripts start at the same time. The made-up clone has no
// dependencies, so no network is needed.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { repositoryRoot, runPawprint, type Outcome } from './support/run-pawprint.ts';

async function makeClone(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-clone-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(join(repositoryRoot, 'bin'), join(folder, 'bin'), { recursive: true });
  await mkdir(join(folder, 'scripts'));
  await cp(join(repositoryRoot, 'scripts/bootstrap.mjs'), join(folder, 'scripts/bootstrap.mjs'));
  const about = { name: 'made-up', version: '1.0.0' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(about));
  const lock = { ...about, lockfileVersion: 3, requires: true, packages: { '': about } };
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const hello =
    'console.log(`hello ${process.argv.slice(2)} ${process.versions.node.split(".")[0]}`); process.exit(5);';
  await writeFile(join(folder, 'scripts/hello.mjs'), hello);
  return folder;
}

async function bootstrap(folder: string, ...args: string[]): Promise<Outcome> {
  const command = [process.execPath, join(folder, 'scripts/bootstrap.mjs')] as const;
  return runPawprint(args, { cwd: folder, command });
}

test('two scripts at once on a fresh clone: one installs, both run on Node 24 with their arguments and exit codes', async (t) => {
  const folder = await makeClone(t);
  const outcomes = await Promise.all([
    bootstrap(folder, 'scripts/hello.mjs', 'a'),
    bootstrap(folder, 'scripts/hello.mjs', 'b'),
  ]);
  assert.deepEqual(
    outcomes.map(({ exitCode, out }) => [exitCode, out]),
    [
      [5, 'hello a 24\n'],
      [5, 'hello b 24\n'],
    ],
  );
  const installs = outcomes.filter(({ err }) => err.includes('installing packages'));
  assert.equal(installs.length, 1);
});

test('what is installed is not installed again, until package-lock.json changes', async (t) => {
  const folder = await makeClone(t);
  assert.match((await bootstrap(folder, 'scripts/hello.mjs')).err, /installing packages/);
  assert.equal((await bootstrap(folder, 'scripts/hello.mjs')).err, '');
  const lock = await readFile(join(folder, 'package-lock.json'), 'utf8');
  await writeFile(join(folder, 'package-lock.json'), `${lock}\n`);
  assert.match((await bootstrap(folder, 'scripts/hello.mjs')).err, /installing packages/);
});

test('an installation that was killed does not block the next', async (t) => {
  const folder = await makeClone(t);
  // No process has this id: it is above what any system hands out.
  await writeFile(join(folder, '.installing'), '2147483646');
  assert.equal((await bootstrap(folder, 'scripts/hello.mjs')).exitCode, 5);
});

test('an installation that fails says so and runs nothing', async (t) => {
  const folder = await makeClone(t);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'made-up', dependencies: { x: 'file:./absent' } }),
  );
  const { exitCode, out, err } = await bootstrap(folder, 'scripts/hello.mjs');
  assert.deepEqual([exitCode, out], [1, '']);
  assert.match(err, /npm ci failed/);
});
