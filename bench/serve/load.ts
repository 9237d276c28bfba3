// The load generator of bench/serve.ts, a process of its own: connections that are kept alive, each with one request
// after the other. Reads lines of JSON from stdin, answers each with one line on stdout: {"port", "seconds",
// "connections"} → LoadResult. Its arguments are the photos.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';

export interface LoadRequest {
  readonly port: number;
  readonly seconds: number;
  readonly connections: number;
}
export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  /** CPU seconds that the generator itself used. */
  readonly cpuSeconds: number;
}

const boundary = 'pawprint-load';
const bodies = process.argv.slice(2).map((path) => {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), readFileSync(path), Buffer.from(`\r\n--${boundary}--\r\n`)]);
});

/** One request; resolves to its status once the answer has been read. */
function post(port: number, agent: Agent, body: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': body.length };
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/predict', agent, headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', () => resolve(0));
    sent.end(body);
  });
}

async function load({ port, seconds, connections }: LoadRequest): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latenciesMs: number[] = [];
  let failed = 0;
  let next = 0;
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  const end = start + seconds * 1000;
  const connection = async (): Promise<void> => {
    while (performance.now() < end) {
      const sent = performance.now();
      const status = await post(port, agent, bodies[next++ % bodies.length] ?? Buffer.alloc(0));
      if (status === 200) latenciesMs.push(Math.round((performance.now() - sent) * 100) / 100);
      else failed++;
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const used = process.cpuUsage(cpu);
  agent.destroy();
  return {
    requests: latenciesMs.length,
    failed,
    seconds: (performance.now() - start) / 1000,
    latenciesMs,
    cpuSeconds: (used.user + used.system) / 1e6,
  };
}

for await (const line of createInterface(process.stdin))
  console.log(JSON.stringify(await load(JSON.parse(line) as LoadRequest)));
