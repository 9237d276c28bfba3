// The package as users get it: packed, installed globally into an empty prefix by the machine's own npm and Node, and
// run from an empty folder. Needs the package registry; skips with a word where it cannot be reached.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { repositoryRoot, runPawprint, type Outcome } from './support/run-pawprint.ts';

const execute = promisify(execFile);

/** The environment without what npm run adds: the machine's own PATH and Node, none of the clone's npm settings. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const path = (process.env['PATH'] ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
  const kept = Object.entries(process.env).filter(([key]) => !/^npm_config_(?:ignore_scripts|save_exact)/i.test(key));
  return { ...Object.fromEntries(kept), PATH: path.join(':') };
}

async function registryAnswers(): Promise<boolean> {
  try {
    await execute('npm', ['view', 'zod', 'version', '--fetch-retries=0', '--fetch-timeout=10000'], { cwd: tmpdir() });
    return true;
  } catch {
    return false;
  }
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-package-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('the packed tarball installs with plain npm i -g and works from an empty folder', async (t) => {
  if (process.platform === 'win32' || !(await registryAnswers())) {
    t.skip('needs the package registry and a POSIX shell');
    return;
  }
  const folder = await temporaryFolder(t);
  const [prefix, empty] = [join(folder, 'prefix'), join(folder, 'empty')];
  await mkdir(prefix);
  await mkdir(empty);
  await execute(process.execPath, ['scripts/pack.ts', folder], { cwd: repositoryRoot });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
  const env = bareEnvironment();
  await execute('npm', ['i', '-g', '--prefix', prefix, join(folder, tarball)], { cwd: empty, env });

  const installed = join(prefix, 'bin', 'pawprint');
  const run = async (...args: string[]): Promise<Outcome> =>
    runPawprint(args, { cwd: empty, env: { PATH: env['PATH'] ?? '' }, command: [installed] });
  await t.test('--help', async () => {
    const { exitCode, out, err } = await run('--help');
    assert.deepEqual([exitCode, err], [0, '']);
    assert.match(out, /data sample/);
  });
  await walk(t, run, empty);
  await t.test('pawprint serve: the page, and the modules that it shares with the service', async () => {
    const child = spawn(installed, ['serve', '--port', '0'], { cwd: empty, env, stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      let said = '';
      for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
        said += String(chunk);
        if (said.includes('answers at')) break;
      }
      const [, url = ''] = /answers at (http:\S+)/.exec(said) ?? [];
      for (const path of ['/', '/page/app.js', '/code/image/resize.js', '/code/image/fast-jpeg/index.js', '/docs'])
        assert.equal((await fetch(`${url}${path}`)).status, 200, path);
    } finally {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
    }
  });
});

/** The shortest way from nothing to a prediction, every native library on the way. */
async function walk(t: TestContext, run: (...args: string[]) => Promise<Outcome>, folder: string): Promise<void> {
  const steps = [
    'data sample --to raw --count 60 --seed 1',
    'data prepare --data raw --to prepared',
    'train logistic-regression --data prepared --out model.onnx --epochs 1',
    'evaluate --model model.onnx --data prepared --split test',
    'predict --model model.onnx raw',
    // The model, the backbone and the explanation that come in the box.
    'predict raw',
    'train transfer --data raw --out transfer.onnx',
    'explain raw/cats --model transfer.onnx --out heat',
  ];
  for (const step of steps)
    await t.test(`pawprint ${step}`, async () => {
      const { exitCode, out, err } = await run(...step.split(' '), '--json', '--quiet');
      assert.equal(exitCode, 0, err);
      assert.doesNotThrow(() => {
        for (const line of /^(predict|explain)/.test(step) ? out.trim().split('\n') : [out]) JSON.parse(line);
      }, out);
    });
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes('.tmp')),
    [],
  );
}

test('npx pawprint in the clone runs the sources', async () => {
  const { stdout, stderr } = await execute('npx', ['--offline', 'pawprint', '--version'], { cwd: repositoryRoot });
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  assert.doesNotMatch(stderr, /ExperimentalWarning/);
});
