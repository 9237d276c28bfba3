// pawprint bench-serve: what it counts is what the service counted, a stall is seen in full by an open loop, answers that
// differ are found, and it loads nobody else's machine.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { runInProcess } from './support/run-in-process.ts';
import { runPawprint } from './support/run-pawprint.ts';
import { boxModel, startService } from './support/running-service.ts';
import { type Fault, startWireService, type WireService } from './support/wire-service.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-bench-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

interface Row {
  status: number;
  count: number;
  latencyMs: { p50: number; p90: number; p95: number; p99: number; max: number };
}
interface Report {
  loop: string;
  answered: number;
  stoppedEarly: boolean;
  statuses: Row[];
  errors: Record<string, number>;
  bytesSent: number;
  bytesReceived: number;
  health: { statuses: Row[]; errors: Record<string, number> };
  consistency: { compared: number; disagreements: number; malformed: number; example: string | null } | null;
}

async function bench(url: string, ...flags: string[]): Promise<{ exitCode: number; report: Report }> {
  const args = ['bench-serve', '--url', url, '--json', '--quiet', '--warmup', '0', ...flags];
  const { exitCode, out, err } = await runInProcess(args, { cwd });
  assert.equal(err, '');
  return { exitCode, report: JSON.parse(out) as Report };
}

async function wireService(t: TestContext, fault: Fault = {}): Promise<WireService> {
  const service = await startWireService(fault);
  t.after(() => service.close());
  return service;
}

test('the real service: both loops count what the service counted, and all answers agree', async (t) => {
  const service = await startService([], { cwd, model: boxModel('cnn') });
  const { url } = service;
  t.after(() => service.kill());
  let counted = 0;
  for (const flags of [
    ['--concurrency', '4'],
    ['--rate', '30'],
  ]) {
    const { exitCode, report } = await bench(url, '--seconds', '1', ...flags);
    assert.equal(exitCode, 0, JSON.stringify(report));
    const stats = (await (await fetch(`${url}/stats`)).json()) as { predictions: number };
    assert.ok(report.answered > 4);
    assert.equal(report.answered, stats.predictions - counted);
    counted = stats.predictions;
    assert.deepEqual(report.errors, {});
    // The first answer to each of the four pictures is what the others are held against.
    assert.deepEqual(report.consistency, {
      compared: report.answered - 4,
      disagreements: 0,
      malformed: 0,
      example: null,
    });
    const [row] = report.statuses;
    assert.deepEqual([row?.status, row?.count, report.statuses.length], [200, report.answered, 1]);
    const { p50 = 0, p90 = 0, p95 = 0, p99 = 0, max = 0 } = row?.latencyMs ?? {};
    assert.ok(0 < p50 && p50 <= p90 && p90 <= p95 && p95 <= p99 && p99 <= max, JSON.stringify(row));
    assert.ok(report.bytesSent > 9000 * report.answered && report.bytesReceived > 100 * report.answered);
    assert.deepEqual(
      report.health.statuses.map(({ status }) => status),
      [200],
    );
  }
});

test('the warm-up is asked and not counted', async (t) => {
  const service = await wireService(t);
  const { report } = await bench(service.url, '--warmup', '0.5', '--seconds', '0.3', '--concurrency', '1');
  assert.ok(report.answered > 0);
  assert.ok(report.answered < service.predictions());
});

test('a stall is seen by all the requests that were due in it, where the loop is open', async (t) => {
  const stalled = async (...flags: string[]): Promise<Row['latencyMs']> => {
    const service = await wireService(t, { stallMs: 1000 });
    const { report } = await bench(service.url, '--seconds', '1.5', ...flags);
    const [row] = report.statuses;
    assert.ok(row !== undefined && row.latencyMs.max >= 900, JSON.stringify(report));
    return row.latencyMs;
  };
  // Two thirds of what was due fell into it: each waited for what was left of it.
  assert.ok((await stalled('--rate', '40')).p50 >= 200);
  // A client that waits for its one answer asks the rest at its ease: the stall is one request.
  const closed = await stalled('--concurrency', '1');
  assert.ok(closed.p50 < closed.max / 4, JSON.stringify(closed));
});

test('answers to the same photo that differ are counted, shown, and fail the run', async (t) => {
  const { url } = await wireService(t, { label: (label, n) => (n % 7 === 6 ? 'dogs' : label) });
  const { exitCode, report } = await bench(url, '--seconds', '0.5', '--concurrency', '1');
  assert.equal(exitCode, 1);
  assert.ok((report.consistency?.disagreements ?? 0) > 0);
  assert.match(report.consistency?.example ?? '', /^cats\/\S+: (cats|dogs) 0\.9, then (dogs|cats) 0\.9$/);
  const ignored = await bench(url, '--seconds', '0.5', '--concurrency', '1', '--no-expect-consistent');
  assert.deepEqual([ignored.exitCode, ignored.report.consistency], [0, null]);
});

test('statuses and failures are counted by kind; nothing answered with 200 is a failure', async (t) => {
  let turn = 0;
  const { url } = await wireService(t, {
    tamper: (asked, reply) => {
      if (asked !== 'POST /predict') return undefined;
      turn++;
      return turn % 4 === 0 ? 'hang' : turn % 4 === 1 ? { ...reply, status: 429 } : reply;
    },
  });
  const { report } = await bench(url, '--seconds', '1', '--rate', '40', '--timeout-ms', '1000');
  assert.deepEqual(
    report.statuses.map(({ status }) => status),
    [200, 429],
  );
  assert.deepEqual(Object.keys(report.errors), ['timeout']);
  const counts = [...report.statuses.map(({ count }) => count), report.errors['timeout'] ?? 0];
  const total = counts.reduce((a, b) => a + b);
  assert.ok(total > 20);
  assert.equal(total, turn, 'each request that was sent is counted once');

  const closed = await startWireService();
  await closed.close();
  const dead = await bench(closed.url, '--seconds', '0.3', '--concurrency', '2');
  assert.equal(dead.exitCode, 1);
  assert.deepEqual([dead.report.answered, Object.keys(dead.report.errors)], [0, ['refused']]);
  // What nobody answers is not knocked at without a pause.
  assert.ok((dead.report.errors['refused'] ?? 0) < 200, JSON.stringify(dead.report.errors));
});

test(
  'Ctrl-C prints what there is, and ends as a run that was stopped',
  { skip: process.platform === 'win32' },
  async (t) => {
    let stop = (): unknown => undefined;
    let seen = 0;
    const { url } = await wireService(t, {
      tamper: (asked) => {
        if (asked === 'POST /predict' && ++seen === 40) stop();
        return undefined;
      },
    });
    const args = ['bench-serve', '--url', url, '--warmup', '0', '--seconds', '600', '--json'];
    const { exitCode, out } = await runPawprint(args, {
      cwd,
      meanwhile: (child) => (stop = () => child.kill('SIGINT')),
    });
    assert.equal(exitCode, 130);
    const report = JSON.parse(out) as Report;
    assert.ok(report.stoppedEarly && report.answered >= 30, out);
  },
);

test('the table has a row for each status, and says what was done', async (t) => {
  const { url } = await wireService(t);
  const { exitCode, out } = await runInProcess(
    ['bench-serve', '--url', url, '--warmup', '0', '--seconds', '0.3', '--rate', '50', '--quiet'],
    { cwd },
  );
  assert.equal(exitCode, 0);
  assert.match(out, /open loop, 50 requests\/s due, at most 256 connections, 4 pictures/);
  assert.match(out, /\n +count +per second +p50 ms +p90 ms +p95 ms +p99 ms +max ms\n\/predict 200 +\d+ /);
  assert.match(out, /\n\/health 200 +\d+ /);
  assert.match(out, /compared with the first to the same photo, all alike/);
});

test('another machine is not loaded unless told so, and a key goes along', async (t) => {
  for (const url of ['http://pets.example:8000', 'http://10.1.2.3', 'http://localhost.example']) {
    const { exitCode, err } = await runInProcess(['bench-serve', '--url', url, '--seconds', '1'], { cwd });
    assert.equal(exitCode, 2, url);
    assert.match(err, /not on this machine[^]*--allow-remote/);
  }
  const { url } = await wireService(t, { apiKey: 'k-9' });
  const { report } = await bench(url, '--seconds', '0.3', '--api-key', 'k-9', '--allow-remote');
  assert.ok(report.answered > 0);
  const keyless = await bench(url, '--seconds', '0.3');
  assert.equal(keyless.exitCode, 1);
  assert.deepEqual(
    keyless.report.statuses.map(({ status }) => status),
    [401],
  );
});
