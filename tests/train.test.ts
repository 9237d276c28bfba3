// `pawprint train` as a user meets it: the real command in child processes, killed and resumed, stopped, misled.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspectOnnx } from '../src/graph/index.ts';
import { makePhotoFolder } from './support/photo-folder.ts';
import { runPawprint, type Outcome } from './support/run-pawprint.ts';

let root = '';
const small = [
  '--batch-size',
  '8',
  '--threads',
  '1',
  '--set',
  'train.cnn.channels=[4,8]',
  '--set',
  'train.cnn.hidden=8',
];

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'pawprint-train-'));
  await makePhotoFolder(join(root, 'raw'), ['cats', 'dogs'], 40);
  const prepared = await pawprint(
    'data',
    'prepare',
    '--data',
    'raw',
    '--to',
    'prepared',
    '--set',
    'prepare.imageSizePx=32',
  );
  assert.equal(prepared.exitCode, 0, prepared.err);
});
after(() => rm(root, { recursive: true, force: true }));

const pawprint = (...args: string[]): Promise<Outcome> => runPawprint(args, { cwd: root });
const train = (...args: string[]): Promise<Outcome> =>
  pawprint('train', 'cnn', '--data', 'prepared', ...small, ...args);
const weightsOf = async (name: string): Promise<string> => inspectOnnx(await readFile(join(root, name))).weightsSha256;

/** Calls back once `path` exists, while the child still runs. */
function whenThere(path: string, act: (child: ChildProcess) => void): (child: ChildProcess) => void {
  return (child) => {
    const timer = setInterval(() => {
      if (existsSync(path)) act(child);
      if (existsSync(path) || child.exitCode !== null) clearInterval(timer);
    }, 5);
  };
}

test('killed with kill -9 again and again, a resumed run ends in the weights of an unbroken one', async () => {
  const epochs = ['--epochs', '12'];
  const unbroken = await train('--out', 'unbroken.onnx', ...epochs);
  assert.equal(unbroken.exitCode, 0, unbroken.err);
  const last = join(root, 'killed.checkpoints', 'last.safetensors');
  const args = ['train', 'cnn', '--data', 'prepared', ...small, '--out', 'killed.onnx', ...epochs];
  const killed = await runPawprint(args, { cwd: root, meanwhile: whenThere(last, (child) => child.kill('SIGKILL')) });
  assert.notEqual(killed.exitCode, 0);
  assert.ok(!existsSync(join(root, 'killed.onnx')));
  const delays = [600, 900];
  for (const delayMs of delays)
    await runPawprint([...args, '--resume'], {
      cwd: root,
      meanwhile: (child) => void setTimeout(() => child.kill('SIGKILL'), delayMs),
    });
  const resumed = await runPawprint([...args, '--resume', '--json'], { cwd: root });
  assert.equal(resumed.exitCode, 0, resumed.err);
  const { resumedFromEpoch } = JSON.parse(resumed.out) as { resumedFromEpoch: number };
  assert.ok(resumedFromEpoch >= 1);
  assert.equal(await weightsOf('killed.onnx'), await weightsOf('unbroken.onnx'));
});

test('Ctrl-C stops cleanly: no model, no temporary file, and --resume goes on', async () => {
  const last = join(root, 'stopped.checkpoints', 'last.safetensors');
  const args = ['train', 'cnn', '--data', 'prepared', ...small, '--out', 'stopped.onnx', '--epochs', '40'];
  const stopped = await runPawprint(args, { cwd: root, meanwhile: whenThere(last, (child) => child.kill('SIGINT')) });
  assert.notEqual(stopped.exitCode, 0);
  assert.match(stopped.err, /--resume/);
  assert.ok(!existsSync(join(root, 'stopped.onnx')));
  const left = [...(await readdir(root)), ...(await readdir(join(root, 'stopped.checkpoints')))];
  assert.deepEqual(
    left.filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('params.yaml with an unknown key, an ill-typed value, and a bad flag: each says what and where', async () => {
  const file = join(root, 'bad.yaml');
  await writeFile(file, 'train:\n  epohcs: 3\n');
  const unknown = await train('--params', 'bad.yaml');
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.err, /epohcs[\s\S]*epochs/);
  await writeFile(file, 'train:\n  epochs: many\n');
  const illTyped = await train('--params', 'bad.yaml');
  assert.equal(illTyped.exitCode, 2);
  assert.match(illTyped.err, /train\.epochs[\s\S]*many/);
  const flag = await train('--epochs', '0');
  assert.equal(flag.exitCode, 2);
  assert.match(flag.err, /--epochs/);
  const model = await pawprint('train', 'transformer');
  assert.equal(model.exitCode, 2);
  assert.match(model.err, /cnn/);
});

test('a device that this machine lacks, and data that is not there, are clear errors', async () => {
  const device = await train('--device', 'coreml', '--epochs', '1', '--out', 'device.onnx');
  assert.equal(device.exitCode, 1);
  assert.match(device.err, /coreml/);
  const data = await pawprint('train', 'cnn', '--data', 'nowhere', '--json');
  assert.equal(data.exitCode, 1);
  const { error } = JSON.parse(data.out) as { error: { code: string; hint?: string } };
  assert.ok(['FILE_NOT_FOUND', 'MANIFEST_INVALID'].includes(error.code), data.out);
  assert.ok(error.hint !== undefined);
});

test('training that diverges exits 1, names the learning rate and leaves no model', async () => {
  const outcome = await train(
    '--out',
    'wild.onnx',
    '--lr',
    '99',
    '--epochs',
    '50',
    '--set',
    'train.optimizer=sgd',
    '--set',
    'train.clipNorm=0',
    '--set',
    'train.schedule=constant',
  );
  assert.equal(outcome.exitCode, 1);
  assert.match(outcome.err, /diverged[\s\S]*train\.lr/);
  assert.ok(!existsSync(join(root, 'wild.onnx')));
});

test('a full disk is said plainly, loses nothing, and --resume goes on once there is space', async (t) => {
  const disk = join(root, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    t.skip('mounting a small tmpfs needs root');
    return;
  }
  t.after(() => execFileSync('umount', [disk]));
  await writeFile(join(disk, 'model.onnx'), 'an older model');
  const args = ['--out', 'disk/model.onnx', '--epochs', '4', '--set', 'train.cnn.channels=[32,32]'];
  const full = await train(...args);
  assert.equal(full.exitCode, 1);
  assert.match(full.err, /disk is full/);
  assert.equal(await readFile(join(disk, 'model.onnx'), 'utf8'), 'an older model');
  const left = await readdir(join(disk, 'model.checkpoints')).catch(() => []);
  assert.deepEqual(
    left.filter((name) => name.endsWith('.tmp')),
    [],
  );
  execFileSync('mount', ['-o', 'remount,size=16m', disk]);
  const resumed = await train(...args, '--resume');
  assert.equal(resumed.exitCode, 0, resumed.err);
  assert.ok((await weightsOf('disk/model.onnx')).length === 64);
});
