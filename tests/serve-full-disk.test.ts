// The disk of the prediction log fills up while the service is under load: no prediction fails, the metrics say so, and
// when there is space again the log goes on.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { call, closedLoop, drawnPictures, offlineAnswers } from './support/load.ts';
import { boxModel, startService } from './support/running-service.ts';
import { mountSmallDisk, unmountSmallDisk, whyNoSmallDisk } from './support/small-disk.ts';

const skip = await whyNoSmallDisk();

test('a full disk fails no prediction, shows in the metrics, and is gone on from', { skip }, async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), 'pawprint-full-disk-'));
  const [disk, model, pictures] = [join(cwd, 'log'), boxModel('cnn'), drawnPictures(8)];
  const agent = new Agent({ keepAlive: true });
  await mountSmallDisk(disk, 'size=1m');
  const service = await startService(['--log-predictions', 'log'], { cwd, model });
  t.after(async () => {
    agent.destroy();
    await service.kill();
    await unmountSmallDisk(disk);
    await rm(cwd, { recursive: true, force: true });
  });
  const healthy = async (): Promise<string | undefined> => {
    const { text } = await call(`${service.url}/metrics`, { agent });
    return /^pawprint_prediction_log_healthy\{series="predictions"\} (\d)$/m.exec(text)?.[1];
  };
  const load = closedLoop({ url: service.url, pictures, answers: await offlineAnswers([model], pictures) }, 4);
  while ((await healthy()) !== '0') await wait(50);
  // It stays full for a while, and everybody is answered all the same.
  const before = load.report().sent;
  while (load.report().sent < before + 200) await wait(20);
  const [oldest = ''] = (await readdir(disk)).sort();
  await rm(join(disk, oldest));
  while ((await healthy()) !== '1') await wait(50);
  const report = await load.stop();
  assert.deepEqual([report.lost, report.wrong, report.byStatus], [[], [], { 200: report.sent }]);
  assert.equal(await service.stop(), 0);
  for (const name of await readdir(disk)) {
    const lines = (await readFile(join(disk, name), 'utf8')).split('\n');
    assert.equal(lines.pop(), '', `${name} ends with a whole line`);
    for (const line of lines) JSON.parse(line);
  }
});
