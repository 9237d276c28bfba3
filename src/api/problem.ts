// Errors as RFC 9457 problem+json, with a code from the error table. What went wrong inside stays inside.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorTable, PawprintError } from '../core/index.ts';
import type { Problem } from './schemas/problem.ts';

/** Fastify's own refusals in the words of the error table. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_REQ_FILE_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_FILES_LIMIT: 'REQUEST_TOO_LARGE',
  FST_PARTS_LIMIT: 'REQUEST_TOO_LARGE',
  FST_FIELDS_LIMIT: 'REQUEST_TOO_LARGE',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
};

const retryAfterSeconds = 1;

/** The error that a client gets told; anything that is not its doing becomes INTERNAL. */
export function asClientError(error: unknown): PawprintError {
  if (error instanceof PawprintError) return error;
  const { code, statusCode, message } = error as Partial<FastifyError>;
  // What reading a body says whose client went away.
  if (code === 'ECONNRESET') return new PawprintError('CANCELLED', { message: 'the client went away', cause: error });
  const known =
    fastifyCodes[code ?? ''] ?? (statusCode !== undefined && statusCode < 500 ? 'REQUEST_INVALID' : undefined);
  if (known !== undefined)
    return new PawprintError(known, { message: message ?? errorTable[known].title, cause: error });
  return new PawprintError('INTERNAL', { message: errorTable.INTERNAL.title, cause: error });
}

/** Messages from 500 on name paths of the machine: there the title must do, but for refusals that are the service's own. */
export function mayBeTold({ code, httpStatus }: PawprintError): boolean {
  return httpStatus < 500 || code === 'NOT_READY' || code === 'DEADLINE_EXCEEDED';
}

/** Sends an error; logs what the client does not get to see. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asClientError(error);
  const { httpStatus, title } = errorTable[known.code];
  const told = mayBeTold(known);
  if (!told) request.log.error({ err: known.cause ?? known }, 'request failed');
  // A rate limit knows better when there is room again.
  if ((httpStatus === 429 || httpStatus === 503) && !reply.hasHeader('retry-after'))
    void reply.header('retry-after', retryAfterSeconds);
  const { message: detail, expected, received, hint } = known;
  const problem: Problem = {
    type: 'about:blank',
    title,
    status: httpStatus,
    code: known.code,
    ...(told ? { detail } : {}),
    ...(told && expected !== undefined ? { expected } : {}),
    ...(told && received !== undefined ? { received } : {}),
    ...(told && hint !== undefined ? { hint } : {}),
    // The Open Inference Protocol wants its errors to say `error`.
    ...(request.url.startsWith('/v2') ? { error: told ? detail : title } : {}),
    requestId: request.id,
  };
  request.outcome = { ...request.outcome, code: known.code };
  return reply.code(httpStatus).type('application/problem+json').send(problem);
}
