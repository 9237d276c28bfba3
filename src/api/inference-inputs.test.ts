// Requests of the Open Inference Protocol as jobs, and everything that is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PawprintError } from '../core/index.ts';
import { jobsOf } from './inference-inputs.ts';

const rules = { imageSizePx: 2, maxRows: 3 };
const row = Array.from({ length: 12 }, (_, i) => i / 4);
type Input = Parameters<typeof jobsOf>[0]['inputs'][number];
const image = (changes: Partial<Input> = {}): { inputs: Input[] } => ({
  inputs: [{ name: 'image', datatype: 'FP32', shape: [1, 3, 2, 2], data: row, ...changes }],
});

test('a tensor is one job a row, nested or flat alike', () => {
  const flat = jobsOf(image({ shape: [2, 3, 2, 2], data: [...row, ...row.map((value) => -value)] }), rules);
  assert.deepEqual(
    flat.map((job) => (job.kind === 'tensor' ? [...job.values] : [])),
    [row, row.map((value) => -value)],
  );
  const nested = [0, 1, 2].map((channel) => [0, 1].map((y) => [0, 1].map((x) => row[4 * channel + 2 * y + x])));
  assert.deepEqual(jobsOf(image({ data: [nested] }), rules), jobsOf(image(), rules));
});

test('pictures come in base64', () => {
  const data = [Buffer.from('one').toString('base64'), Buffer.from('two!').toString('base64')];
  const jobs = jobsOf({ inputs: [{ name: 'picture', datatype: 'BYTES', shape: [2], data }] }, rules);
  assert.deepEqual(
    jobs.map((job) => (job.kind === 'picture' ? Buffer.from(job.bytes).toString() : '')),
    ['one', 'two!'],
  );
});

test('what is neither is refused before anything is made of it', () => {
  const code = (body: Parameters<typeof jobsOf>[0]): string => {
    try {
      jobsOf(body, rules);
      return 'taken';
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  };
  const picture = (changes: Partial<Input>): { inputs: Input[] } => ({
    inputs: [{ name: 'picture', datatype: 'BYTES', shape: [1], data: ['AAAA'], ...changes }],
  });
  const invalid = [
    { inputs: [] },
    { inputs: [...image().inputs, ...image().inputs] },
    image({ name: 'pixels' }),
    image({ datatype: 'FP64' }),
    image({ shape: [1, 3, 2, 3] }),
    image({ shape: [12] }),
    image({ shape: [0, 3, 2, 2], data: [] }),
    image({ data: row.slice(1) }),
    image({ data: [...row, 1] }),
    image({ data: [...row.slice(1), '1'] }),
    image({ data: [...row.slice(1), null] }),
    picture({ datatype: 'FP32' }),
    picture({ shape: [2] }),
    picture({ shape: [1, 1] }),
    picture({ data: [7] }),
    picture({ data: ['not base64!'] }),
    picture({ data: [''] }),
    picture({ shape: [0], data: [] }),
  ];
  for (const body of invalid) assert.equal(code(body), 'REQUEST_INVALID', JSON.stringify(body));
  // A shape alone must not reserve memory.
  assert.equal(code(image({ shape: [4e9, 3, 2, 2] })), 'REQUEST_TOO_LARGE');
  assert.equal(code(picture({ shape: [4], data: ['AA==', 'AA==', 'AA==', 'AA=='] })), 'REQUEST_TOO_LARGE');
});

test('data nested deeper than its shape are refused, not followed', () => {
  let deep: unknown = row[0];
  for (let level = 0; level < 100_000; level++) deep = [deep];
  assert.throws(
    () => jobsOf(image({ data: [deep, ...row.slice(1)] }), rules),
    (error) => error instanceof PawprintError && error.code === 'REQUEST_INVALID',
  );
});
