import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PredictionEntry, predictionEntrySchema } from './entry.ts';
import { type AnsweredPrediction, feedbackEntry, predictionEntry } from './make-entry.ts';

const logit = Math.fround(-3.14159274);
const answered: AnsweredPrediction = {
  time: new Date('2026-11-25T10:00:00.123Z'),
  id: 'f5e0b5a2-96a5-4d32-8c0a-1f1f3d4b5c6d',
  prediction: {
    label: 'dog',
    confidence: 0.98765432109,
    decision: 'unsure',
    familiarity: 0.123456789,
    probabilities: { cat: 0.01234567891, dog: 0.98765432109 },
    logits: [logit],
  },
  model: { name: 'cats-vs-dogs', version: '0123456789ab' },
  image: {
    ...{ width: 4032, height: 3024, bytes: 3_456_789, format: 'jpeg' },
    statistics: { brightness: 123.456789, contrast: 56.789012, sharpness: 1234.56789, means: [1 / 3, 200 / 3, 255] },
  },
  features: Float32Array.from({ length: 32 }, (_, i) => -Math.sin(i + 1) / 1000),
  milliseconds: 12.3456,
};

test('an entry is one of the schema, rounded where it may be', () => {
  const entry = predictionEntry({ ...answered, index: 3, features: [0.000123456, -98765.4, 0] });
  const expected: PredictionEntry = {
    schemaVersion: 1,
    time: '2026-11-25T10:00:00.123Z',
    id: answered.id,
    index: 3,
    label: 'dog',
    answer: 'unsure',
    confidence: 0.987654,
    decision: 'unsure',
    familiarity: 0.123457,
    probabilities: { cat: 0.0123457, dog: 0.987654 },
    logits: [-3.14159274],
    model: { name: 'cats-vs-dogs', version: '0123456789ab' },
    image: {
      ...{ width: 4032, height: 3024, bytes: 3_456_789, format: 'jpeg' },
      ...{ brightness: 123.5, contrast: 56.79, sharpness: 1235, means: [0.3333, 66.67, 255] },
    },
    features: [0.0001235, -98770, 0],
    milliseconds: 12.35,
  };
  assert.deepEqual(entry, expected);
  assert.deepEqual(predictionEntrySchema.parse(JSON.parse(JSON.stringify(entry))), expected);
});

test('logits come back as the same float32', () => {
  for (let i = 0; i < 1000; i++) {
    const value = Math.fround(Math.tan(i) * 10 ** ((i % 9) - 4));
    const { logits } = predictionEntry({ ...answered, prediction: { ...answered.prediction, logits: [value] } });
    assert.equal(Math.fround(Number(JSON.stringify(logits[0]))), value);
  }
});

test('a line with as many features as there may be is short', () => {
  const entry = predictionEntry({ ...answered, index: 31 });
  assert.ok(predictionEntrySchema.safeParse(entry).success);
  assert.ok(JSON.stringify(entry).length < 1500, `${JSON.stringify(entry).length} characters`);
  assert.ok('index' in entry && !('index' in predictionEntry(answered)));
});

test('what is no entry is told: too many features, a number that is none, a time of another zone', () => {
  const entry = predictionEntry(answered);
  const bad: unknown[] = [
    predictionEntry({ ...answered, features: new Float32Array(33) }),
    predictionEntry({ ...answered, features: [Number.NaN] }),
    predictionEntry({ ...answered, prediction: { ...answered.prediction, confidence: Infinity } }),
    { ...entry, time: '2026-11-25T10:00:00.123+02:00' },
    { ...entry, schemaVersion: 2 },
    { ...entry, more: 1 },
  ];
  for (const each of bad) assert.ok(!predictionEntrySchema.safeParse(each).success);
});

test('a true label is a line of its own kind', () => {
  assert.deepEqual(feedbackEntry({ time: answered.time, id: 'abc', label: 'cat' }), {
    ...{ schemaVersion: 1, time: '2026-11-25T10:00:00.123Z', id: 'abc', label: 'cat' },
  });
});
