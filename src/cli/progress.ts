// Progress for a person at a terminal (one bar, redrawn, with the time left) and for a log (a plain line now and
// then). Always on stderr, so that stdout stays clean for results.
import type { Writable } from 'node:stream';
import { silentProgress, type Progress, type ProgressTask } from '../core/index.ts';

export interface ProgressSettings {
  readonly stream: Writable;
  readonly isTerminal: boolean;
  readonly quiet: boolean;
  /** Width of the terminal in characters. */
  readonly columns: () => number;
  /** Milliseconds of any steady clock. */
  readonly nowMs: () => number;
}

const redrawEveryMs = 100;
const plainLineEveryMs = 5000;

/** 75 → 1m15s */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3600)}h${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`;
}

function formatCount(count: number, unit: string): string {
  if (unit !== 'bytes') return count.toLocaleString('en-US', { maximumFractionDigits: 1 });
  if (count < 1e6) return `${(count / 1e3).toFixed(0)} kB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}

interface TaskState {
  readonly label: string;
  readonly total: number | undefined;
  readonly unit: string;
  readonly startedMs: number;
  done: number;
  note: string;
}

/** `photos 1,200/2,000 60% 812 photos/s 1.0s left · note` (parts that are unknown are left out) */
function describeState(task: TaskState, nowMs: number): string {
  const seconds = (nowMs - task.startedMs) / 1000;
  const unit = task.unit === 'bytes' ? '' : ` ${task.unit}`;
  const counts =
    task.total === undefined
      ? `${formatCount(task.done, task.unit)}${unit}`
      : `${formatCount(task.done, task.unit)}/${formatCount(task.total, task.unit)}${unit}`;
  const parts = [counts];
  if (task.total !== undefined && task.done > 0 && seconds > 0.5 && task.done < task.total)
    parts.push(`${formatDuration((seconds / task.done) * (task.total - task.done))} left`);
  if (task.note !== '') parts.push(task.note);
  return parts.join(' · ');
}

function drawBar(task: TaskState, nowMs: number, columns: number): string {
  const fraction = task.total === undefined || task.total === 0 ? 0 : Math.min(1, task.done / task.total);
  const width = columns >= 60 ? 20 : 8;
  const filled = Math.round(fraction * width);
  const bar = task.total === undefined ? '' : ` [${'█'.repeat(filled)}${'░'.repeat(width - filled)}]`;
  // One column stays free: writing into the last one makes some terminals wrap.
  return `${task.label}${bar} ${describeState(task, nowMs)}`.slice(0, Math.max(10, columns - 1));
}

function summarise(task: TaskState, nowMs: number): string {
  const unit = task.unit === 'bytes' ? '' : ` ${task.unit}`;
  const note = task.note === '' ? '' : ` · ${task.note}`;
  return `${task.label}: ${formatCount(task.done, task.unit)}${unit} in ${formatDuration((nowMs - task.startedMs) / 1000)}${note}`;
}

/** The progress port of one run of the command line. */
export function createProgress(settings: ProgressSettings): Progress {
  if (settings.quiet) return silentProgress;
  const { stream, isTerminal, columns, nowMs } = settings;
  const active: TaskState[] = [];
  let drawn = false;
  let lastShownMs = -Infinity;

  const erase = (): void => {
    if (drawn) stream.write('\r\x1b[2K');
    drawn = false;
  };
  const draw = (): void => {
    const task = active.at(-1);
    if (!isTerminal || task === undefined) return;
    stream.write(`\r\x1b[2K${drawBar(task, nowMs(), columns())}`);
    drawn = true;
  };
  const line = (text: string): void => {
    erase();
    stream.write(`${text}\n`);
    draw();
  };
  const show = (task: TaskState): void => {
    const now = nowMs();
    if (now - lastShownMs < (isTerminal ? redrawEveryMs : plainLineEveryMs)) return;
    lastShownMs = now;
    if (isTerminal) draw();
    else stream.write(`${task.label}: ${describeState(task, now)}\n`);
  };

  return {
    line,
    start: (label, total, unit): ProgressTask => {
      const task: TaskState = { label, total, unit, startedMs: nowMs(), done: 0, note: '' };
      active.push(task);
      if (!isTerminal) lastShownMs = nowMs();
      draw();
      return {
        update: (done, note) => {
          task.done = done;
          task.note = note ?? task.note;
          if (active.includes(task)) show(task);
        },
        finish: (note) => {
          const at = active.indexOf(task);
          if (at < 0) return;
          active.splice(at, 1);
          task.note = note ?? task.note;
          line(summarise(task, nowMs()));
        },
      };
    },
  };
}
