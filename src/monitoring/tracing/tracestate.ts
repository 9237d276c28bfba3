// The `tracestate` header of W3C Trace Context: what tracing systems say to themselves along a trace. Not ours to read,
// only to hand on; but never anything that is not well formed.

const maxLength = 512;
const maxMembers = 32;

// Level 2's key, which takes in level 1's two forms. A value is printable ASCII without comma and equals sign, and ends in
// no space.
const memberPattern = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;

/**
 * The header as it was given, or undefined when it is empty, longer than 512 characters, has more than 32 members or one
 * that is not well formed. A key that comes twice is left to whom it belongs.
 */
export function keepTracestate(header: string): string | undefined {
  if (header.length > maxLength) return undefined;
  // Spaces and tabs around members, and members that are empty, are allowed.
  const members = header.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  const filled = members.filter((member) => member !== '');
  if (filled.length === 0 || filled.length > maxMembers) return undefined;
  return filled.every((member) => memberPattern.test(member)) ? header : undefined;
}
