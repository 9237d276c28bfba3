// A service that something goes wrong with while it is asked: threads that die and hang, a clock that jumps, clients that
// stop half-way or send a byte at a time, more requests than it can answer, SIGTERM. Each time: every request gets one
// answer, every 200 is the offline one bit for bit, and what was held is let go.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { marks } from './support/fault-injection.ts';
import {
  call,
  closedLoop,
  drawnPictures,
  type HttpAnswer,
  type LoadReport,
  type LoadTarget,
  offlineAnswers,
  openLoop,
  type OfflineAnswers,
} from './support/load.ts';
import { boxModel, residentMb, type RunningService, startService, threadCount } from './support/running-service.ts';

const model = boxModel('cnn');
const pictures = drawnPictures(12);
const faulty = ['--import', new URL('./support/fault-injection.ts', import.meta.url).href];
let cwd = '';
let answers: OfflineAnswers;
const services: RunningService[] = [];
const agent = new Agent({ keepAlive: true });

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-faults-'));
  answers = await offlineAnswers([model], pictures);
});
after(async () => {
  agent.destroy();
  await Promise.all(services.map((service) => service.kill()));
  await rm(cwd, { recursive: true, force: true });
});

async function serve(args: readonly string[], nodeArgs: readonly string[] = []): Promise<RunningService> {
  const service = await startService(['--workers', '2', ...args], { cwd, model, nodeArgs });
  services.push(service);
  return service;
}
const target = ({ url }: RunningService): LoadTarget => ({ url, pictures, answers });

/** Every request was answered 200, and right. */
function assertFaultless(report: LoadReport): void {
  assert.deepEqual([report.lost, report.wrong], [[], []]);
  assert.deepEqual(report.byStatus, { 200: report.sent });
  assert.ok(report.sent > 0);
}

interface Stats {
  uptimeSeconds: number;
  predictions: number;
  waiting: number;
  recent: { predictions: number }[];
}
const stats = async ({ url }: RunningService): Promise<Stats> =>
  JSON.parse((await call(`${url}/stats`, { agent })).text) as Stats;

async function metric({ url }: RunningService, name: string): Promise<number> {
  const { text } = await call(`${url}/metrics`, { agent });
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );
}

test('threads that die or hang under load: all others are answered right, and each thread is replaced', async () => {
  const service = await serve(['--worker-timeout-ms', '2000'], faulty);
  const threads = threadCount(service.child);
  const others = closedLoop(target(service), 6);
  const marked = (mark: string): Promise<HttpAnswer> =>
    call(`${service.url}/predict`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: Buffer.concat([pictures[0]?.bytes ?? Buffer.alloc(0), Buffer.from(mark)]),
    });
  for (let i = 0; i < 4; i++) {
    const { status, text } = await marked(marks.diesOnce);
    assert.equal(status, 200);
    const { probabilities } = JSON.parse(text) as { probabilities: object };
    assert.deepEqual(probabilities, [...answers.values()][0]?.get(pictures[0]?.name ?? ''));
  }
  for (let i = 0; i < 2; i++) assert.equal((await marked(marks.dies)).status, 500);
  const hung = await marked(marks.loops);
  assert.deepEqual([hung.status, (JSON.parse(hung.text) as { code: string }).code], [503, 'DEADLINE_EXCEEDED']);
  assertFaultless(await others.stop());
  // One that dies once costs a thread, one that always does costs two: it is tried again, alone.
  assert.equal(await metric(service, 'pawprint_worker_failures_total'), 4 + 2 * 2 + 2);
  assert.equal(service.log().filter(({ msg }) => /thread died, hung/.test(String(msg))).length, 10);
  for (let look = 0; look < 100 && threadCount(service.child) > threads; look++) await delay(50);
  assert.ok(threadCount(service.child) <= threads, `${threadCount(service.child)} threads, ${threads} before`);
  // A thread that hangs keeps no service from ending, and who waits for it is told.
  const late = marked(marks.loops);
  await delay(500);
  assert.equal(await service.stop(), 0);
  assert.equal((await late).status, 503);
});

test('a clock that jumps an hour, either way: nothing fails, and no time is taken by it', async () => {
  const service = await serve([], faulty);
  const load = closedLoop(target(service), 4);
  const first = await stats(service);
  const started = performance.now();
  for (const jump of ['forward', 'back', 'forward']) {
    service.child.kill('SIGUSR2');
    const { predictions: before } = await stats(service);
    await delay(1200);
    const { predictions, recent, uptimeSeconds } = await stats(service);
    assert.ok(predictions > before, `${jump}: ${predictions} predictions, ${before} before`);
    assert.ok((recent.at(-1)?.predictions ?? 0) > 0, `${jump}: none in the last second`);
    const passed = (performance.now() - started) / 1000;
    assert.ok(Math.abs(uptimeSeconds - first.uptimeSeconds - passed) < 1, `${jump}: up for ${uptimeSeconds} s`);
  }
  assertFaultless(await load.stop());
  const times = service.log().map((line) => Number(line['time']));
  assert.ok(Math.max(...times) - Math.min(...times) > 3_000_000, 'the clock did jump');
  assert.equal(await service.stop(), 0);
});

/** The beginning of a request: its headers, which promise `length` bytes, and whatever of them is sent at once. */
const requestBytes = (sent: Buffer, { length = sent.length, form = false } = {}): Buffer =>
  Buffer.concat([
    Buffer.from(
      `POST /predict HTTP/1.1\r\nHost: here\r\nContent-Length: ${length}\r\nContent-Type: ${
        form ? 'multipart/form-data; boundary=half' : 'image/jpeg'
      }\r\n\r\n${form ? '--half\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' : ''}`,
    ),
    sent,
  ]);

async function open({ url }: RunningService): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** How many requests for predictions ended, by status. */
async function endedRequests({ url }: RunningService): Promise<Record<string, number>> {
  const { text } = await call(`${url}/metrics`, { agent });
  const series = text.matchAll(/^pawprint_http_requests_total\{route="\/predict".*status="(\d+)"\} (\d+)$/gm);
  return Object.fromEntries([...series].map(([, status = '', count]) => [status, Number(count)]));
}

test('clients that leave in the middle of an upload or before the answer: each is let go, logged and counted once', async () => {
  const service = await serve([]);
  const load = closedLoop(target(service), 2);
  const [half, whole] = [Buffer.alloc(300_000, 1), pictures[0]?.bytes ?? Buffer.alloc(0)];
  const kinds = [
    requestBytes(half, { length: 600_000 }),
    requestBytes(half, { length: 600_000, form: true }),
    requestBytes(whole),
  ];
  const memory: number[] = [];
  const [rounds, each] = [12, 100];
  for (let round = 0; round < rounds; round++) {
    const sockets = await Promise.all(Array.from({ length: each }, () => open(service)));
    const kind = kinds[round % kinds.length] ?? half;
    for (const socket of sockets) socket.write(kind);
    await delay(kind === kinds[2] ? 1 : 50);
    for (const [i, socket] of sockets.entries())
      if (i % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    memory.push(residentMb(service.child));
  }
  const report = await load.stop();
  assertFaultless(report);
  const expected = report.sent + rounds * each;
  const total = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, each) => sum + each, 0);
  for (let look = 0; look < 100 && total(await endedRequests(service)) < expected; look++) await delay(50);
  const ended = await endedRequests(service);
  assert.equal(total(ended), expected, JSON.stringify(ended));
  assert.ok((ended[499] ?? 0) >= (rounds * each * 2) / 3, JSON.stringify(ended));
  // What went wrong was the clients' doing: no error is logged.
  assert.deepEqual(
    service.log().filter(({ level }) => Number(level) >= 40),
    [],
  );
  assert.equal(service.log().filter(({ status }) => status === 499).length, ended[499]);
  assert.equal((await stats(service)).waiting, 0);
  // 240 MB of half uploads came in; 30 MB of them at once.
  assert.ok(Math.max(...memory) - (memory[0] ?? 0) < 160, `${memory.map(Math.round).join(', ')} MB`);
  assert.equal(await service.stop(), 0);
});

test('2,000 connections that send a byte at a time are cut; meanwhile real requests are answered', async () => {
  const service = await serve(['--headers-timeout-ms', '2000', '--request-timeout-ms', '4000']);
  const before = residentMb(service.child);
  const slow = await Promise.all(Array.from({ length: 2000 }, () => open(service)));
  const cut = slow.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  const [headers, body] = [
    Buffer.from('GET /health HTTP/1.1\r\nX-Slow: '),
    requestBytes(Buffer.alloc(1), { length: 1e6 }),
  ];
  for (const [i, socket] of slow.entries()) socket.resume().write(i % 2 === 0 ? headers : body);
  const drip = setInterval(() => {
    for (const socket of slow) if (!socket.destroyed) socket.write('a');
  }, 500);
  const load = closedLoop(target(service), 4);
  await delay(1500);
  const held = residentMb(service.child) - before;
  await Promise.all(cut);
  clearInterval(drip);
  const report = await load.stop();
  assert.ok(held < 250, `${held} MB more for 2,000 connections`);
  assertFaultless(report);
  assert.equal(await service.stop(), 0);
});

test('SIGTERM with --lame-duck-ms: who stops when /ready fails loses nothing', async () => {
  const service = await serve(['--lame-duck-ms', '1500']);
  const load = closedLoop(target(service), 8);
  await delay(500);
  const ended = service.stop();
  // As a load balancer does: looks, and sends no more once readiness fails.
  const ready = (): Promise<HttpAnswer> => call(`${service.url}/ready`, { agent: new Agent() });
  let look = await ready();
  while (look.status === 200) look = await ready();
  assert.deepEqual([look.status, (JSON.parse(look.text) as { code: string }).code], [503, 'NOT_READY']);
  // Others have not looked yet: they are answered, and told to ask on another connection.
  const late = await call(`${service.url}/predict`, {
    agent,
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: pictures[0]?.bytes ?? '',
  });
  assert.deepEqual([late.status, late.headers.connection], [200, 'close']);
  assertFaultless(await load.stop());
  assert.equal(await ended, 0);
});

test('SIGTERM at once: whoever was heard is answered; who never ends an upload is cut after --drain-ms', async () => {
  const service = await serve(['--drain-ms', '2000']);
  const load = closedLoop(target(service), 8);
  const bytes = pictures[0]?.bytes ?? Buffer.alloc(0);
  const begin = async (): Promise<{ readonly socket: Socket; readonly answer: Promise<string> }> => {
    const socket = await open(service);
    socket.write(requestBytes(bytes.subarray(0, 1000), { length: bytes.length }));
    let text = '';
    const answer = new Promise<string>((resolve) => {
      socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('close', () => resolve(text));
    });
    return { socket, answer };
  };
  const [idle, slow, endless] = [await open(service), await begin(), await begin()];
  await delay(500);
  const started = performance.now();
  const ended = service.stop();
  await delay(500);
  slow.socket.write(bytes.subarray(1000));
  assert.match(await slow.answer, /^HTTP\/1.1 200 OK\r\n/);
  assert.equal(await ended, 0);
  const took = performance.now() - started;
  assert.ok(took >= 2000 && took < 10_000, `${took} ms`);
  assert.equal(await endless.answer, '');
  idle.destroy();
  const { sent, byStatus, lost, wrong } = await load.stop();
  assert.deepEqual([wrong, Object.keys(byStatus)], [[], ['200']]);
  // Those that were lost found the port closed; the service heard none of them.
  assert.equal((byStatus[200] ?? 0) + lost.length, sent);
  const logged = service.log().filter(({ route }) => route === '/predict');
  const counts = [200, 499].map((status) => logged.filter((line) => line['status'] === status).length);
  assert.deepEqual(counts, [(byStatus[200] ?? 0) + 1, 1]);
  assert.equal(logged.length, sent - lost.length + 2);
});

test('a second SIGTERM ends the service at once', async () => {
  const service = await serve(['--drain-ms', '60000']);
  const socket = await open(service);
  socket.write(requestBytes(Buffer.alloc(10), { length: 1000 }));
  await delay(200);
  service.child.kill('SIGTERM');
  await delay(600); // sooner, it would be the same press of Ctrl-C
  assert.equal(service.child.exitCode, null);
  await service.stop();
  assert.equal(service.child.signalCode, 'SIGKILL');
  socket.destroy();
});

test('three times as many requests as it can answer: each gets one answer, and the service can be watched', async (t) => {
  const seconds = Number(process.env['PAWPRINT_OVERLOAD_SECONDS'] ?? 6);
  const transfer = boxModel('transfer');
  const service = await startService(['--workers', '2', '--max-waiting', '32'], { cwd, model: transfer });
  services.push(service);
  const asked = { url: service.url, pictures, answers: await offlineAnswers([transfer], pictures) };
  const closed = closedLoop(asked, 16);
  await delay(1500);
  const capacity = (await closed.stop()).sent / 1.5;
  const watching = watchService(service);
  const report = await openLoop(asked, { perSecond: 3 * capacity, seconds });
  const { statuses, latencies } = await watching.stop();
  assert.deepEqual([report.lost, report.wrong, report.withoutRetryAfter], [[], [], 0]);
  const { 200: answered = 0, 429: refused = 0, ...others } = report.byStatus;
  assert.deepEqual(others, {});
  assert.equal(answered + refused, report.sent);
  assert.ok(answered > 0 && refused > 0, JSON.stringify(report.byStatus));
  assert.deepEqual([...statuses], [200]);
  assert.ok(Math.max(...latencies) < 5000, `${Math.max(...latencies)} ms`);
  t.diagnostic(`capacity ${capacity.toFixed(0)}/s; ${answered} answered, ${refused} refused in ${seconds} s`);
  const at = (share: number): string =>
    (latencies.sort((a, b) => a - b)[Math.floor(share * latencies.length)] ?? 0).toFixed(1);
  t.diagnostic(`/health, /live, /metrics: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms of ${latencies.length}`);
  assert.equal(await service.stop(), 0);
});

/** Asks as probes do, ten times a second each. */
function watchService({ url }: RunningService): {
  readonly stop: () => Promise<{ readonly statuses: Set<number>; readonly latencies: number[] }>;
} {
  const [statuses, latencies]: [Set<number>, number[]] = [new Set(), []];
  let stopped = false;
  const watch = async (path: string): Promise<void> => {
    while (!stopped) {
      const { status, milliseconds } = await call(url + path, { agent });
      statuses.add(status);
      latencies.push(milliseconds);
      await delay(100);
    }
  };
  const all = Promise.all(['/health', '/live', '/metrics'].map(watch));
  return {
    stop: async () => {
      stopped = true;
      await all;
      return { statuses, latencies };
    },
  };
}
