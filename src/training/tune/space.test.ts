import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSpace } from './space.ts';

const problemOf = (space: Record<string, unknown>): [string, string] => {
  const { path = [], message = '' } = readSpace(space).problems[0] ?? {};
  return [path.join('/'), message];
};

test('dotted and nested names are one; a later key completes an earlier range, null takes it out', () => {
  const file = { 'train.lr': { min: 0.001, max: 0.1, scale: 'log' }, 'train.batchSize': { values: [8] } };
  const { ranges, problems } = readSpace({ ...file, train: { lr: { max: 0.01 }, batchSize: null } });
  assert.deepEqual(problems, []);
  assert.deepEqual(ranges, [
    { form: 'interval', name: 'train.lr', path: ['train', 'lr'], min: 0.001, max: 0.01, scale: 'log', whole: false },
  ]);
  const replaced = readSpace({ ...file, train: { lr: { values: [1, 2] } } }).ranges[0];
  assert.equal(replaced?.form, 'list');
});

test('each mistake is named with its place and with what was expected', () => {
  assert.match(problemOf({ 'train.lrr': { min: 1, max: 2 } }).join(), /^train\.lrr,.*did you mean train\.lr\?/);
  assert.match(problemOf({ 'train.augment': { min: 0, max: 1 } }).join(), /in the group train\.augment/);
  assert.deepEqual(problemOf({ 'train.lr': { min: 0, max: 1 } }), ['train.lr/min', 'a number above 0']);
  assert.deepEqual(problemOf({ 'train.lr': { min: 1, max: 101 } }), ['train.lr/max', 'a number of at most 100']);
  assert.deepEqual(problemOf({ 'train.lr': { min: 2, max: 1 } }), ['train.lr/max', 'a number above min (2)']);
  assert.match(problemOf({ 'train.lr': { min: 1 } })[1], /min, max/);
  assert.match(problemOf({ 'train.lr': { min: 1, max: 2, step: 1 } })[1], /min, max/);
  assert.match(problemOf({ 'train.lr': { min: 1, max: 2, values: [1] } })[1], /either/);
  assert.deepEqual(problemOf({ 'train.batchSize': { min: 1.5, max: 4 } }), ['train.batchSize/min', 'a whole number']);
  assert.deepEqual(problemOf({ 'train.batchSize': { values: [8, 0] } })[0], 'train.batchSize/values/1');
  assert.match(problemOf({ 'train.weightDecay': { min: 0, max: 1, scale: 'log' } })[1], /above 0, for scale: log/);
  assert.match(problemOf({ 'train.optimizer': { min: 0, max: 1 } })[1], /no number/);
  assert.match(problemOf({ 'train.threads': { values: [1, 2] } })[1], /how fast/);
  assert.match(problemOf({})[1], /at least one range/);
});
