// Prediction lines: each format complete in one line, whatever stands in a file name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { PawprintError } from '../core/index.ts';
import { csvLine, formatHeader, formatLine, formatPercent } from './prediction-lines.ts';
import type { Decision, PhotoPrediction } from './predictor.ts';

const classNames = ['cats', 'dogs'];
const good = (name: string, p = 0.75, decision: Decision = 'sure'): PhotoPrediction => ({
  input: { name, path: name },
  md5: '',
  prediction: {
    label: 'dogs',
    labelIndex: 1,
    confidence: p,
    decision,
    familiarity: null,
    probabilities: { cats: 1 - p, dogs: p },
    logits: [1],
  },
});
const bad = (name: string): PhotoPrediction => ({
  input: { name, path: name },
  error: new PawprintError('IMAGE_UNREADABLE', {
    message: 'cut\noff',
    hint: 'look, again',
    cause: new Error('secret'),
  }),
});
const awkward = 'a,"b"\nc.jpg';

test('a JSON line is one object with the file, and an error has code, message and hint alone', () => {
  assert.deepEqual(JSON.parse(formatLine('json', good(awkward), classNames)), {
    file: awkward,
    label: 'dogs',
    confidence: 0.75,
    answer: 'dogs',
    probabilities: { cats: 0.25, dogs: 0.75 },
  });
  assert.deepEqual(JSON.parse(formatLine('json', bad('x.jpg'), classNames)), {
    file: 'x.jpg',
    error: { code: 'IMAGE_UNREADABLE', message: 'cut\noff', hint: 'look, again' },
  });
  assert.equal(formatHeader('json', classNames), '');
  assert.equal(formatLine('json', good(awkward), classNames).split('\n').length, 2);
});

test('CSV comes back from a CSV reader as it went in', () => {
  const text =
    formatHeader('csv', classNames) +
    formatLine('csv', good(awkward, 0.75, 'unsure'), classNames) +
    formatLine('csv', bad('x.jpg'), classNames);
  assert.deepEqual(parse(text), [
    ['file', 'label', 'confidence', 'cats', 'dogs', 'answer', 'error'],
    [awkward, 'dogs', '0.75', '0.25', '0.75', 'unsure', ''],
    ['x.jpg', '', '', '', '', '', 'IMAGE_UNREADABLE: cut off'],
  ]);
  assert.equal(csvLine(['a', 1, 'b c']), 'a,1,b c\n');
});

test('the table aligns its columns and keeps one line a photo', () => {
  const header = formatHeader('table', classNames);
  const lines = [good('a.jpg'), good('b.jpg', 0.5), bad(awkward)].map((answer) =>
    formatLine('table', answer, classNames),
  );
  const column = header.indexOf('file');
  assert.equal(lines[0], 'dogs         75.00 %  a.jpg\n');
  for (const line of lines) assert.ok(line.indexOf('\n') === line.length - 1 && line[column - 1] === ' ');
  assert.equal(lines[1]?.slice(column), 'b.jpg\n');
  const doubtful = (['unsure', 'neither'] as const).map((each) =>
    formatLine('table', good('a.jpg', 0.6, each), classNames),
  );
  assert.match(doubtful[0] ?? '', /^unsure .* a\.jpg {2}\(rather dogs\)\n$/);
  assert.match(doubtful[1] ?? '', /^neither .* a\.jpg {2}\(not cats or dogs\?\)\n$/);
});

test('a percentage is never rounded up to a certainty', () => {
  assert.equal(formatPercent(0.999999).trim(), '99.99 %');
  assert.equal(formatPercent(1).trim(), '100.00 %');
  assert.equal(formatPercent(0.5).trim(), '50.00 %');
});
