// Models that are changed while a service answers, fifty times by request and by every way a file is replaced, and models
// that must not be taken: no request fails, each answer is that of the version that it names, and what a model held is let go.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { hashBytes } from '../src/core/index.ts';
import { withOtherHead, withTemperature } from './support/changed-model.ts';
import { writeColourModel } from './support/colour-model.ts';
import {
  call,
  closedLoop,
  drawnPictures,
  type HttpAnswer,
  type LoadReport,
  offlineAnswers,
  type OfflineAnswers,
} from './support/load.ts';
import { runInProcess } from './support/run-in-process.ts';
import { boxModel, residentMb, type RunningService, startService, threadCount } from './support/running-service.ts';

const swaps = 50;
const pictures = drawnPictures(12);
const agent = new Agent({ keepAlive: true });
let folder = '';
const served = (): string => join(folder, 'current.onnx');
const versionOf = (bytes: Uint8Array): string => hashBytes('sha256', bytes).slice(0, 12);
let models: Readonly<Record<'first' | 'second', Uint8Array>>;
let service: RunningService;
let headers: Readonly<Record<string, string>> = {};
let answers: OfflineAnswers;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawprint-swap-'));
  const first = await readFile(boxModel('cnn'));
  models = { first, second: withTemperature(first, 3) };
  await writeFile(join(folder, 'first.onnx'), models.first);
  await writeFile(join(folder, 'second.onnx'), models.second);
  await writeFile(served(), models.first);
  answers = await offlineAnswers([join(folder, 'first.onnx'), join(folder, 'second.onnx')], pictures);
  const words = 'api-key create --name test --scope predict,admin --file keys.json --json'.split(' ');
  const { out } = await runInProcess(words, { cwd: folder });
  headers = { authorization: `Bearer ${(JSON.parse(out) as { key: string }).key}` };
  service = await startService(['--workers', '1', '--api-keys', 'keys.json'], { cwd: folder, model: served() });
});
after(async () => {
  agent.destroy();
  await service.kill();
  await rm(folder, { recursive: true, force: true });
});

/** What goes on while `work` is done: two clients; nothing of theirs may fail. */
async function underLoad(work: () => Promise<void>): Promise<LoadReport> {
  const load = closedLoop({ url: service.url, pictures, answers, headers }, 2);
  try {
    await work();
  } finally {
    await load.stop();
  }
  const report = load.report();
  assert.deepEqual([report.lost, report.wrong], [[], []]);
  assert.deepEqual(report.byStatus, { 200: report.sent });
  return report;
}

const ask = (file: string): Promise<HttpAnswer> =>
  call(`${service.url}/admin/models`, {
    agent,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ file }),
  });

async function servedVersion(): Promise<string> {
  const { text } = await call(`${service.url}/health`, { agent });
  return (JSON.parse(text) as { model: { version: string } }).model.version;
}

async function swapsCounted(outcome: 'swapped' | 'failed'): Promise<number> {
  const { text } = await call(`${service.url}/metrics`, { agent });
  return Number(new RegExp(`^pawprint_model_swaps_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (let look = 0; look < 400; look++) {
    if (await isSo()) return;
    await delay(50);
  }
  assert.fail(`never: ${what}`);
}

test(`${swaps} swaps under load: no request fails, threads and memory come back`, async (t) => {
  const threads = threadCount(service.child);
  const memory: number[] = [];
  const report = await underLoad(async () => {
    for (let swap = 0; swap < swaps; swap++) {
      const { status } = await ask(swap % 2 === 0 ? 'second.onnx' : 'first.onnx');
      assert.equal(status, 200);
      memory.push(residentMb(service.child));
    }
  });
  assert.equal(Object.keys(report.byVersion).length, 2);
  assert.equal(await swapsCounted('swapped'), swaps);
  await until(() => Promise.resolve(threadCount(service.child) <= threads), `${threads} threads again`);
  const [early = 0, last = 0] = [memory[9], memory.at(-1)];
  assert.ok(last < early + 120, `${memory.map(Math.round).join(', ')} MB`);
  t.diagnostic(
    `${report.sent} requests; memory ${early.toFixed(0)} MB after 10 swaps, ${last.toFixed(0)} MB after ${swaps}`,
  );
});

test('files that must not answer: each is refused with its reason, and the old model goes on', async () => {
  const broken = {
    'truncated.onnx': models.first.subarray(0, models.first.length / 2),
    'text.onnx': Buffer.from('no model'),
    'other-answer.onnx': withOtherHead(models.first),
  };
  for (const [name, bytes] of Object.entries(broken)) await writeFile(join(folder, name), bytes);
  await writeColourModel(join(folder, 'other-classes.onnx'), { classNames: ['cats', 'horses'] });
  await writeColourModel(join(folder, 'not-a-number.onnx'), { strength: NaN });
  const [before, failed] = [await servedVersion(), await swapsCounted('failed')];
  const files = [...Object.keys(broken), 'other-classes.onnx', 'not-a-number.onnx'];
  await underLoad(async () => {
    for (const file of files) {
      const { status, text } = await ask(file);
      assert.deepEqual([status, (JSON.parse(text) as { code: string }).code], [422, 'MODEL_INVALID'], file);
    }
    assert.equal((await ask('absent.onnx')).status, 404);
  });
  assert.equal(await servedVersion(), before);
  assert.equal(await swapsCounted('failed'), failed + files.length + 1);
});

test('the served file replaced by a rename, by a link, as Kubernetes mounts it, and by a broken one', async () => {
  const failed = await swapsCounted('failed');
  const volume = async (name: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'model.onnx'), bytes);
  };
  await volume('..v1', models.first);
  await volume('..v2', models.second);
  await volume('..v3', models.first.subarray(0, 1000));
  /** A link that is there at once, in the place of whatever was. */
  const link = async (to: string, at: string): Promise<void> => {
    await symlink(to, `${at}.new`);
    await rename(`${at}.new`, at);
  };
  const isServed = (bytes: Uint8Array, how: string): Promise<void> =>
    until(async () => (await servedVersion()) === versionOf(bytes), how);
  await ask('first.onnx');
  await underLoad(async () => {
    await rename(join(folder, 'second.onnx'), served());
    await isServed(models.second, 'renamed');
    await link('..v1', join(folder, '..data'));
    await link('..data/model.onnx', served());
    await isServed(models.first, 'linked');
    await link('..v2', join(folder, '..data'));
    await isServed(models.second, 'flipped');
    await link('..v3', join(folder, '..data'));
    await until(async () => (await swapsCounted('failed')) > failed, 'refused');
    assert.equal(await servedVersion(), versionOf(models.second));
    await link('..v1', join(folder, '..data'));
    await isServed(models.first, 'flipped back');
  });
  assert.ok(service.log().some(({ msg }) => /the old one stays/.test(String(msg))));
  assert.equal(await service.stop(), 0);
});
