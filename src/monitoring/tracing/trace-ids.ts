// Ids of new traces and spans: cryptographically random, so that level 2's `random` flag may be set.
import { randomBytes } from 'node:crypto';

/** 32 lower-case hex digits, not all zero. */
export function newTraceId(): string {
  return randomHex(16);
}

/** 16 lower-case hex digits, not all zero. */
export function newSpanId(): string {
  return randomHex(8);
}

function randomHex(bytes: number): string {
  // All zero means "no id".
  for (;;) {
    const id = randomBytes(bytes).toString('hex');
    if (/[^0]/.test(id)) return id;
  }
}
