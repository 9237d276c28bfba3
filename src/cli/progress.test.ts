import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { Progress } from '../core/index.ts';
import { createProgress, formatDuration } from './progress.ts';

interface Stage {
  readonly progress: Progress;
  readonly written: () => string;
  nowMs: number;
}

function stage(settings: { isTerminal: boolean; quiet?: boolean; columns?: number }): Stage {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  const made: Stage = {
    nowMs: 0,
    written: () => text,
    progress: createProgress({
      stream,
      isTerminal: settings.isTerminal,
      quiet: settings.quiet ?? false,
      columns: () => settings.columns ?? 80,
      nowMs: () => made.nowMs,
    }),
  };
  return made;
}

test('elsewhere than on a terminal: a plain line every five seconds and one at the end, no escapes', () => {
  const s = stage({ isTerminal: false });
  const task = s.progress.start('decoding', 2000, 'photos');
  for (s.nowMs = 100; s.nowMs <= 12_000; s.nowMs += 100) task.update(s.nowMs / 10);
  s.progress.line('a word between');
  s.nowMs = 20_000;
  task.finish('done well');
  assert.deepEqual(s.written().split('\n'), [
    'decoding: 500/2,000 photos · 15s left',
    'decoding: 1,000/2,000 photos · 10s left',
    'a word between',
    'decoding: 1,200 photos in 20s · done well',
    '',
  ]);
});

test('on a terminal: one line redrawn at most every 100 ms, cut to the width, erased before other lines', () => {
  const s = stage({ isTerminal: true, columns: 40 });
  const task = s.progress.start('decoding', 10, 'photos');
  s.nowMs = 1000;
  task.update(5, 'a note that is much too long for a narrow terminal');
  task.update(6);
  s.progress.line('between');
  task.finish();
  const frames = s.written().split(/\r\x1b\[2K/);
  assert.ok(frames.every((frame) => frame.split('\n').every((line) => line.length < 40 || /in 1\.0s/.test(line))));
  assert.match(frames[2] ?? '', /^decoding \[████░░░░\] 5\/10 photos/);
  assert.equal(frames.filter((frame) => frame.includes('6/10')).length, 1, 'redrawn once, after the line between');
  assert.equal(frames[3], 'between\n');
  assert.match(frames.at(-1) ?? '', /^decoding: 6 photos in 1\.0s/);
});

test('unknown totals and bytes have their own words; --quiet has none', () => {
  const s = stage({ isTerminal: false });
  const task = s.progress.start('download', undefined, 'bytes');
  s.nowMs = 6000;
  task.update(2_500_000);
  task.finish();
  assert.equal(s.written(), 'download: 2.5 MB\ndownload: 2.5 MB in 6.0s\n');
  const quiet = stage({ isTerminal: true, quiet: true });
  quiet.progress.start('x', 1, 'y').finish();
  quiet.progress.line('z');
  assert.equal(quiet.written(), '');
});

test('durations read as a person says them', () => {
  assert.deepEqual([0.04, 9.94, 59.4, 75, 3600, 7384].map(formatDuration), [
    '0.0s',
    '9.9s',
    '59s',
    '1m15s',
    '1h00m',
    '2h03m',
  ]);
});
