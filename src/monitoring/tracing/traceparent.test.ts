// traceparent: the specification's rules, one row each, and what is written is what is read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatTraceparent, parseTraceparent, type TraceContext } from './traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const context = (flags: Partial<TraceContext>): TraceContext => ({
  traceId,
  spanId,
  sampled: false,
  random: false,
  ...flags,
});

const valid: readonly (readonly [string, string, TraceContext])[] = [
  ['not sampled', `00-${traceId}-${spanId}-00`, context({})],
  ['sampled', `00-${traceId}-${spanId}-01`, context({ sampled: true })],
  ['random, of level 2', `00-${traceId}-${spanId}-02`, context({ random: true })],
  ['sampled and random', `00-${traceId}-${spanId}-03`, context({ sampled: true, random: true })],
  ['flags that nobody knows yet', `00-${traceId}-${spanId}-f9`, context({ sampled: true })],
  ['a later version', `01-${traceId}-${spanId}-01`, context({ sampled: true })],
  ['a later version whose other flags may mean anything', `cc-${traceId}-${spanId}-ff`, context({ sampled: true })],
  [
    'a later version with more behind a dash',
    `cc-${traceId}-${spanId}-01-what-the-future-be`,
    context({ sampled: true }),
  ],
  ['a later version with a bare dash', `cc-${traceId}-${spanId}-00-`, context({})],
  ['the last version', `fe-${traceId}-${spanId}-01`, context({ sampled: true })],
  ['a trace id with one digit set', `00-${'0'.repeat(31)}1-${spanId}-00`, context({ traceId: `${'0'.repeat(31)}1` })],
];
for (const [name, header, expected] of valid)
  test(`read: ${name}`, () => {
    assert.deepEqual(parseTraceparent(header), expected);
  });

const refused: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['words', 'trace me'],
  ['version ff', `ff-${traceId}-${spanId}-01`],
  ['version ff with more', `ff-${traceId}-${spanId}-01-more`],
  ['version 00 with more', `00-${traceId}-${spanId}-01-what`],
  ['version 00 with a bare dash', `00-${traceId}-${spanId}-01-`],
  ['a later version with more, but no dash', `cc-${traceId}-${spanId}-01.what`],
  ['an all-zero trace id', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['an all-zero span id', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['an all-zero trace id of a later version', `cc-${'0'.repeat(32)}-${spanId}-01`],
  ['an upper-case trace id', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['an upper-case span id', `00-${traceId}-${spanId.toUpperCase()}-01`],
  ['an upper-case version', `CC-${traceId}-${spanId}-01`],
  ['upper-case flags', `00-${traceId}-${spanId}-0A`],
  ['a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
  ['a long trace id', `00-${traceId}0-${spanId}-01`],
  ['a short span id', `00-${traceId}-${spanId.slice(1)}-01`],
  ['one digit of flags', `00-${traceId}-${spanId}-1`],
  ['three digits of flags', `00-${traceId}-${spanId}-001`],
  ['no flags', `00-${traceId}-${spanId}`],
  ['a version of one digit', `0-${traceId}-${spanId}-01`],
  ['letters that are no digits', `00-${traceId.replace('f', 'g')}-${spanId}-01`],
  ['dots for dashes', `00.${traceId}.${spanId}.01`],
  ['two headers joined', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
  ['two headers of a later version joined', `cc-${traceId}-${spanId}-01-a, cc-${traceId}-${spanId}-01-b`],
  ['a line break behind it', `00-${traceId}-${spanId}-01\n`],
];
for (const [name, header] of refused)
  test(`refused: ${name}`, () => {
    assert.equal(parseTraceparent(header), undefined);
  });

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(''))
    .filter((id) => /[^0]/.test(id));
const anyContext = fc.record({ traceId: hex(32), spanId: hex(16), sampled: fc.boolean(), random: fc.boolean() });

test('what is written is what is read', () => {
  fc.assert(
    fc.property(anyContext, (given) => {
      const header = formatTraceparent(given);
      assert.equal(header.length, 55);
      assert.deepEqual(parseTraceparent(header), { ...given });
    }),
  );
});

test('one character that is replaced never gives an id that is not one', () => {
  fc.assert(
    fc.property(
      anyContext,
      fc.nat(54),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      (given, at, other) => {
        const header = formatTraceparent(given);
        const read = parseTraceparent(header.slice(0, at) + other + header.slice(at + 1));
        if (read === undefined) return;
        assert.match(read.traceId, /^(?=.*[1-9a-f])[0-9a-f]{32}$/);
        assert.match(read.spanId, /^(?=.*[1-9a-f])[0-9a-f]{16}$/);
      },
    ),
  );
});
