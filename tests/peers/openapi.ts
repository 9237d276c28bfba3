// The service against its own OpenAPI document, by tools that know nothing of Pawprint: the document is valid, and
// schemathesis, which makes requests out of it, finds no answer that it does not promise. Run by
// `npm run test:peers`.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { goodPictures } from '../support/bad-input/good-pictures.ts';
import { pythonTools } from '../support/python-tools.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { boxModel, type RunningService, startService } from '../support/running-service.ts';

const run = promisify(execFile);
const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const tools = await pythonTools('openapi', beside('requirements.txt'));
const skip = 'missing' in tools ? tools.missing : false;
const program = (name: string): string => ('bin' in tools ? join(tools.bin, name) : '');

let cwd = '';
let service: RunningService;
let key = '';
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-openapi-'));
  const created = await runInProcess(['api-key', 'create', '--name', 'peer', '--scope', 'predict,admin', '--json'], {
    cwd,
  });
  ({ key } = JSON.parse(created.out) as { key: string });
  service = await startService(['--api-keys', 'keys.json', '--max-waiting', '1000'], { cwd, model: boxModel('cnn') });
});
after(async () => {
  await service.kill();
  await rm(cwd, { recursive: true, force: true });
});

const ask = async (path: string): Promise<unknown> => (await fetch(service.url + path)).json();

test('the document is valid OpenAPI 3.1, by openapi-spec-validator', { skip }, async () => {
  const path = join(cwd, 'openapi.json');
  await writeFile(path, JSON.stringify(await ask('/openapi.json')));
  const { stdout } = await run(program('openapi-spec-validator'), ['--schema', '3.1', path]);
  assert.match(stdout, /OK/);
});

test('schemathesis finds no answer that the document does not promise', { skip }, async (t) => {
  const pictures = join(cwd, 'pictures');
  await mkdir(pictures);
  for (const [index, [, bytes]] of [...(await goodPictures())].entries())
    await writeFile(join(pictures, String(index).padStart(3, '0')), bytes);
  const { model } = (await ask('/health')) as { model: { name: string; version: string } };
  const settings = {
    PAWPRINT_HOOKS: beside('schemathesis_hooks.py'),
    PAWPRINT_PICTURES: pictures,
    PAWPRINT_KEY: key,
    PAWPRINT_MODEL: model.name,
    PAWPRINT_VERSION: model.version,
  };
  const args = ['--config-file', beside('schemathesis.toml'), 'run', `${service.url}/openapi.json`];
  const { stdout, failed } = await run(program('schemathesis'), args, {
    cwd,
    env: { ...process.env, ...settings },
    maxBuffer: 64 << 20,
  }).then(
    (ran) => ({ stdout: ran.stdout, failed: false }),
    (error: unknown) => ({ stdout: (error as { stdout?: string }).stdout ?? String(error), failed: true }),
  );
  t.diagnostic(/Test cases:\n(.*)/.exec(stdout)?.[1]?.trim() ?? 'no summary');
  assert.ok(!failed, stdout);
  // What it asked got real answers: a run that is refused at the door would find nothing either.
  const { predictions } = (await ask('/stats')) as { predictions: number };
  assert.ok(predictions > 100, `${predictions} predictions`);
  assert.deepEqual(
    service.log().filter(({ level }) => Number(level) >= 50),
    [],
  );
});
