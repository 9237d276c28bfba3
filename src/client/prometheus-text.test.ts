// Prometheus' text format as it is written by several clients: labels with escapes, timestamps, infinities, comments.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrometheusText, sumSamples } from './prometheus-text.ts';

test('samples with and without labels, in every form of a number', () => {
  const text = `# HELP a_total What, "it" {is}.
# TYPE a_total counter
a_total{label="cats",quoted="a \\"b\\" \\\\ \\n, {c}"} 3
a_total{label="dogs",} 4.5e1 1700000000000

plain 0
nan Nan
inf{le="+Inf"} +Inf
down -Inf
`;
  assert.deepEqual(parsePrometheusText(text), [
    { name: 'a_total', labels: { label: 'cats', quoted: 'a "b" \\ \n, {c}' }, value: 3 },
    { name: 'a_total', labels: { label: 'dogs' }, value: 45 },
    { name: 'plain', labels: {}, value: 0 },
    { name: 'nan', labels: {}, value: NaN },
    { name: 'inf', labels: { le: '+Inf' }, value: Infinity },
    { name: 'down', labels: {}, value: -Infinity },
  ]);
});

test('what is no scrape is null', () => {
  for (const text of ['<html>', '{"a": 1}', 'a_total', 'a_total x', 'a{b=1} 2', 'a{b="1" 2', '9a 1', 'a{b="1"c="2"} 3'])
    assert.equal(parsePrometheusText(text), null, text);
});

test('sums go over the samples of one name whose labels count', () => {
  const samples = parsePrometheusText('a{x="1",y="1"} 1\na{x="1",y="2"} 2\na{x="2",y="1"} 4\nb{x="1"} 8') ?? [];
  assert.equal(
    sumSamples(samples, 'a', () => true),
    7,
  );
  assert.equal(
    sumSamples(samples, 'a', ({ x }) => x === '1'),
    3,
  );
  assert.equal(
    sumSamples(samples, 'c', () => true),
    0,
  );
});
