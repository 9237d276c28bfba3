// The one error family. Each code stands in one table with its HTTP status and exit code; a thrown PawprintError
// says what was expected, what came, and what to do next. A bare Error means "cannot happen".

/** Exit codes of the command line: done, failed, wrong usage, a gate (accuracy, leakage, drift) not met. */
export const exitCodes = { done: 0, failed: 1, usage: 2, gate: 3 } as const;

interface ErrorRow {
  /** What went wrong, in general; the instance's message says what exactly. */
  readonly title: string;
  readonly httpStatus: number;
  readonly exitCode: 1 | 2 | 3;
}

/** Every error code Pawprint can raise. docs/errors.md lists the same rows; a test compares them. */
export const errorTable = {
  USAGE: { title: 'The command line is not understood', httpStatus: 400, exitCode: 2 },
  CONFIG_INVALID: { title: 'A configuration value is unknown or ill-typed', httpStatus: 400, exitCode: 2 },
  FILE_NOT_FOUND: { title: 'A file or folder does not exist', httpStatus: 404, exitCode: 1 },
  NOT_A_DIRECTORY: { title: 'A folder was expected', httpStatus: 400, exitCode: 1 },
  ALREADY_EXISTS: { title: 'The target exists and would be overwritten', httpStatus: 409, exitCode: 1 },
  DISK_FULL: { title: 'The disk is full', httpStatus: 507, exitCode: 1 },
  PERMISSION_DENIED: { title: 'A file may not be read or written', httpStatus: 403, exitCode: 1 },
  IMAGE_UNREADABLE: { title: 'A picture cannot be decoded', httpStatus: 422, exitCode: 1 },
  IMAGE_UNSUPPORTED: { title: 'The file is not a supported picture', httpStatus: 415, exitCode: 1 },
  IMAGE_TOO_LARGE: { title: 'A picture has more pixels than allowed', httpStatus: 413, exitCode: 1 },
  DATASET_INVALID: { title: 'The data set cannot be used as it is', httpStatus: 422, exitCode: 1 },
  DATASET_GATE: { title: 'The data set breaks a quality gate', httpStatus: 422, exitCode: 3 },
  ARCHIVE_UNSAFE: { title: 'The archive is unsafe or damaged', httpStatus: 422, exitCode: 1 },
  DOWNLOAD_FAILED: { title: 'A download failed', httpStatus: 502, exitCode: 1 },
  CHECKSUM_MISMATCH: { title: 'A file is not what its checksum says', httpStatus: 422, exitCode: 1 },
  MANIFEST_INVALID: { title: 'The prepared data set is damaged or of another version', httpStatus: 422, exitCode: 1 },
  GRAPH_INVALID: { title: 'The model graph is not valid', httpStatus: 422, exitCode: 1 },
  OPERATOR_UNSUPPORTED: { title: 'An operator has no rule', httpStatus: 422, exitCode: 1 },
  MODEL_INVALID: { title: 'The model file cannot be used', httpStatus: 422, exitCode: 1 },
  DEVICE_UNAVAILABLE: { title: 'The device is not available', httpStatus: 503, exitCode: 1 },
  TRAINING_DIVERGED: { title: 'Training diverged', httpStatus: 500, exitCode: 1 },
  CHECKPOINT_INVALID: { title: 'The checkpoint cannot be resumed', httpStatus: 422, exitCode: 1 },
  GATE_NOT_MET: { title: 'A gate was not met', httpStatus: 422, exitCode: 3 },
  SCORES_INVALID: { title: 'Scores cannot be computed from these numbers', httpStatus: 422, exitCode: 1 },
  REQUEST_INVALID: { title: 'The request is not understood', httpStatus: 400, exitCode: 1 },
  ROUTE_UNKNOWN: { title: 'There is nothing at this address', httpStatus: 404, exitCode: 1 },
  METHOD_NOT_ALLOWED: { title: 'The address does not know this method', httpStatus: 405, exitCode: 1 },
  REQUEST_TIMEOUT: { title: 'The request took too long to arrive', httpStatus: 408, exitCode: 1 },
  REQUEST_TOO_LARGE: { title: 'The request is larger than allowed', httpStatus: 413, exitCode: 1 },
  MEDIA_TYPE_UNSUPPORTED: { title: 'The body is of a type that is not taken', httpStatus: 415, exitCode: 1 },
  UNAUTHENTICATED: { title: 'No valid API key was shown', httpStatus: 401, exitCode: 1 },
  FORBIDDEN: { title: 'This key may not do that', httpStatus: 403, exitCode: 1 },
  RATE_LIMITED: { title: 'More requests than this client may send', httpStatus: 429, exitCode: 1 },
  OVERLOADED: { title: 'The service has as much to do as it can', httpStatus: 429, exitCode: 1 },
  NOT_READY: { title: 'The service does not answer predictions now', httpStatus: 503, exitCode: 1 },
  DEADLINE_EXCEEDED: { title: 'The answer took too long', httpStatus: 503, exitCode: 1 },
  PREDICTION_LOG_INVALID: { title: 'A line of the prediction log cannot be read', httpStatus: 422, exitCode: 1 },
  CANCELLED: { title: 'Stopped on request', httpStatus: 499, exitCode: 1 },
  INTERNAL: { title: 'A bug in Pawprint', httpStatus: 500, exitCode: 1 },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export interface ErrorDetails {
  /** One sentence that names the thing and what is wrong with it. */
  readonly message: string;
  /** What was expected there. */
  readonly expected?: string;
  /** What was found instead. */
  readonly received?: string;
  /** What to type or change next. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An error that a user can act on. */
export class PawprintError extends Error {
  readonly code: ErrorCode;
  readonly expected: string | undefined;
  readonly received: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PawprintError';
    this.code = code;
    this.expected = details.expected;
    this.received = details.received;
    this.hint = details.hint;
  }

  get httpStatus(): number {
    return errorTable[this.code].httpStatus;
  }

  get exitCode(): 1 | 2 | 3 {
    return errorTable[this.code].exitCode;
  }
}

/** The error with its class again: a thread that dies of a PawprintError hands over its properties, not its class. */
export function asFamilyError(error: unknown): unknown {
  if (error instanceof PawprintError || !(error instanceof Error)) return error;
  const { code, expected, received, hint } = error as Error & Partial<Record<string, unknown>>;
  if (typeof code !== 'string' || !Object.hasOwn(errorTable, code)) return error;
  const text = (value: unknown, key: string): object => (typeof value === 'string' ? { [key]: value } : {});
  return new PawprintError(code as ErrorCode, {
    message: error.message,
    ...text(expected, 'expected'),
    ...text(received, 'received'),
    ...text(hint, 'hint'),
    cause: error,
  });
}

/** The error's words on one to four lines, as a terminal shows them. */
export function describeError(error: unknown): string {
  if (!(error instanceof PawprintError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = [error.message];
  if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`);
  if (error.received !== undefined) lines.push(`  received: ${error.received}`);
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
  return lines.join('\n');
}

const systemErrors: Partial<Record<string, { code: ErrorCode; hint: string }>> = {
  ENOENT: { code: 'FILE_NOT_FOUND', hint: 'Check the path for typing mistakes.' },
  ENOTDIR: { code: 'NOT_A_DIRECTORY', hint: 'Give a folder, or remove the file that stands in its place.' },
  EEXIST: { code: 'ALREADY_EXISTS', hint: 'Remove what stands there, or choose another name.' },
  EISDIR: { code: 'ALREADY_EXISTS', hint: 'A folder stands where a file was expected: choose another name.' },
  ENOSPC: { code: 'DISK_FULL', hint: 'Free some space or choose another folder, then run the same command again.' },
  EDQUOT: { code: 'DISK_FULL', hint: 'Your quota is used up: free some space, then run the same command again.' },
  EACCES: { code: 'PERMISSION_DENIED', hint: 'Change the permissions or choose another folder.' },
  EPERM: { code: 'PERMISSION_DENIED', hint: 'Change the permissions or choose another folder.' },
  EROFS: { code: 'PERMISSION_DENIED', hint: 'The file system is read-only: choose another folder.' },
};

/**
 * Turns an operating-system error (ENOENT, ENOSPC, …) into a PawprintError that names the path; anything else,
 * PawprintErrors included, comes back as it was.
 */
export function asPawprintError(error: unknown, doing: string): unknown {
  if (error instanceof PawprintError || !(error instanceof Error)) return error;
  const system = error as NodeJS.ErrnoException;
  const row = system.code === undefined ? undefined : systemErrors[system.code];
  if (row === undefined) return error;
  return new PawprintError(row.code, {
    message: `${doing}: ${errorTable[row.code].title.toLowerCase()}${system.path === undefined ? '' : ` (${system.path})`}`,
    hint: row.hint,
    cause: error,
  });
}
