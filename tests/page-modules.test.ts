// The page's own arithmetic, without a browser: CSV that no spreadsheet runs, a model file's words about itself, and
// probabilities as the service computes them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { probabilitiesFromLogits } from '../src/evaluation/index.ts';
import { decodeModelFile } from '../src/models/index.ts';
import { boxModel } from './support/running-service.ts';

const load = async <Module>(name: string): Promise<Module> =>
  (await import(new URL(`../web/${name}.js`, import.meta.url).href)) as Module;

test('a CSV field keeps its text and is never a formula', async () => {
  const { csvField } = await load<{ csvField: (value: string | number) => string }>('csv');
  assert.deepEqual(['cat.jpg', 'a,b', 'say "x"', '=1+1', '+1', '-1', '@x', '\tx', -1.5, 1e-7].map(csvField), [
    'cat.jpg',
    '"a,b"',
    '"say ""x"""',
    "'=1+1",
    "'+1",
    "'-1",
    "'@x",
    "'\tx",
    '-1.5',
    '1e-7',
  ]);
  const unquote = (field: string): string => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const value = unquote(csvField(text));
      assert.doesNotMatch(value, /^[=+\-@\t\r\n]/);
      assert.equal(value.replace(/^'(?=[=+\-@\t\r\n])/, ''), text.replace(/^'(?=[=+\-@\t\r\n])/, ''));
    }),
  );
});

test('the metadata of a model file is read as the service reads it', async () => {
  const { readModelMetadata } = await load<{ readModelMetadata: (bytes: Uint8Array) => unknown }>('model-metadata');
  for (const name of ['cnn', 'transfer'] as const) {
    const bytes = await readFile(boxModel(name));
    assert.deepEqual(readModelMetadata(bytes), decodeModelFile(bytes, name).metadata);
  }
  assert.throws(() => readModelMetadata(Buffer.from('no model')));
});

test('probabilities are those of the service, for one logit and for many', async () => {
  const { probabilitiesOf } = await load<{
    probabilitiesOf: (logits: readonly number[], temperature: number) => number[];
  }>('decision');
  const logit = fc.double({ min: -200, max: 200, noNaN: true });
  const temperatures = fc.double({ min: 0.1, max: 10, noNaN: true });
  fc.assert(
    fc.property(fc.array(logit, { minLength: 1, maxLength: 9 }), temperatures, (values, temperature) => {
      const classCount = Math.max(2, values.length);
      const expected = probabilitiesFromLogits({ values, width: values.length }, classCount, temperature);
      const own = probabilitiesOf(values, temperature);
      assert.equal(own.length, classCount);
      own.forEach((share, i) => assert.ok(Math.abs(share - (expected[i] ?? NaN)) < 1e-12));
    }),
  );
});

test('no share is rounded to a certainty that is not there', async () => {
  const { percent } = await load<{ percent: (share: number) => string }>('words');
  assert.deepEqual(
    [0, 1e-9, 0.0004, 0.0006, 0.5, 0.9994, 0.9996, 1 - 1e-12, 1].map(percent),
    ['0.0 %', '< 0.1 %', '< 0.1 %', '0.1 %', '50.0 %', '99.9 %', '> 99.9 %', '> 99.9 %', '100.0 %'].map((text) =>
      text.replaceAll(' ', '\u00a0'),
    ),
  );
});
