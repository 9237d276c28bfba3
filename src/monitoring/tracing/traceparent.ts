// The `traceparent` header of W3C Trace Context (levels 1 and 2): which trace a request belongs to, and which span of
// the caller it answers. Pure functions from text to context and back.

/** One place in a trace, as it travels between services. */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero: the span that the sender was in. */
  readonly spanId: string;
  /** The sender says that it may have recorded its span. */
  readonly sampled: boolean;
  /** The trace id's last 7 bytes are random (level 2). */
  readonly random: boolean;
}

const sampledFlag = 0x01;
const randomFlag = 0x02;

// No comma in what a later version may append: a header that was sent twice arrives joined by one.
const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[^,]*)?$/;

/**
 * What the header says; undefined for one that is not valid, and then a new trace begins. Of a version above 00 the
 * known fields count and what follows them, after a dash, is passed over; of their flags only `sampled` is certain.
 */
export function parseTraceparent(header: string): TraceContext | undefined {
  const [, version, traceId, spanId, flags, rest] = traceparentPattern.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const bits = Number.parseInt(flags, 16);
  return {
    traceId,
    spanId,
    sampled: (bits & sampledFlag) !== 0,
    random: version === '00' && (bits & randomFlag) !== 0,
  };
}

/** The header of version 00 that says so. */
export function formatTraceparent({ traceId, spanId, sampled, random }: TraceContext): string {
  const bits = (sampled ? sampledFlag : 0) | (random ? randomFlag : 0);
  return `00-${traceId}-${spanId}-0${bits}`;
}
