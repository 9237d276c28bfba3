// Errors as RFC 9457 problem+json, with a code from the error table. What went wrong inside stays inside.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorTable, PawprintError } from '../core/index.ts';

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
  const known =
    fastifyCodes[code ?? ''] ?? (statusCode !== undefined && statusCode < 500 ? 'REQUEST_INVALID' : undefined);
  if (known !== undefined)
    return new PawprintError(known, { message: message ?? errorTable[known].title, cause: error });
  return new PawprintError('INTERNAL', { message: errorTable.INTERNAL.title, cause: error });
}

/** Sends an error; logs what the client does not get to see. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asClientError(error);
  const { httpStatus, title } = errorTable[known.code];
  // Messages about files and models name paths of the machine: from 500 on the title must do, but for our own refusals.
  const ours = known.code === 'NOT_READY' || known.code === 'DEADLINE_EXCEEDED';
  const open = httpStatus < 500 || ours;
  if (!open) request.log.error({ err: known.cause ?? known }, 'request failed');
  // A rate limit knows better when there is room again.
  if ((httpStatus === 429 || httpStatus === 503) && !reply.hasHeader('retry-after'))
    void reply.header('retry-after', retryAfterSeconds);
  return reply
    .code(httpStatus)
    .type('application/problem+json')
    .send({
      type: 'about:blank',
      title,
      status: httpStatus,
      code: known.code,
      ...(open ? { detail: known.message, expected: known.expected, received: known.received, hint: known.hint } : {}),
      requestId: request.id,
    });
}
