// The files of a form, each whole in memory, within limits on the form as a whole: its parts, its bytes, its shape.
import type { FastifyRequest } from 'fastify';
import { PawprintError } from '../../core/index.ts';

export interface FormFile {
  readonly field: string;
  /** As the client called it; see fileName. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface FormLimits {
  readonly maxFiles: number;
  /** Of the whole request, envelopes and unknown fields included. */
  readonly maxBytes: number;
}

/** Fields beside the pictures: a form has a handful, an attack has thousands. */
const maxFields = 16;

/** In the order sent. Throws REQUEST_TOO_LARGE past the limits, REQUEST_INVALID for what is no whole form. */
export async function formFiles(request: FastifyRequest, limits: FormLimits): Promise<FormFile[]> {
  const { maxBytes } = limits;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  // The parser looks at each part by itself; a form without end has none that is too large.
  const reading = readFiles(request, limits);
  return Promise.race([reading, untilTooLarge(request, maxBytes)]);
}

async function readFiles(request: FastifyRequest, { maxFiles, maxBytes }: FormLimits): Promise<FormFile[]> {
  const found: FormFile[] = [];
  try {
    // Every part is read: an unread one would keep the request hanging.
    for await (const part of request.parts({
      limits: { files: maxFiles, fields: maxFields, parts: maxFiles + maxFields, fileSize: maxBytes },
    })) {
      if (part.type !== 'file') continue;
      found.push({ field: part.fieldname, name: part.filename, bytes: await part.toBuffer() });
    }
  } catch (error) {
    // What the parser says of a form that it cannot follow bears no status.
    if (error instanceof PawprintError || (error as { statusCode?: number }).statusCode !== undefined) throw error;
    throw new PawprintError('REQUEST_INVALID', {
      message: 'the form is damaged',
      expected: 'multipart/form-data with a boundary, each part with a head, and an end',
      received: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
  return found;
}

/** Rejects with REQUEST_TOO_LARGE once more than `maxBytes` have come; never resolves. Call it when they already flow. */
function untilTooLarge({ raw }: FastifyRequest, maxBytes: number): Promise<never> {
  return new Promise((_, reject) => {
    let seen = 0;
    const count = (bytes: Buffer): void => {
      seen += bytes.length;
      if (seen <= maxBytes) return;
      raw.off('data', count);
      // What still comes is thrown away unread, until the client has read its answer or the request's time is up.
      raw.unpipe();
      raw.resume();
      reject(tooLarge(maxBytes));
    };
    raw.on('data', count);
  });
}

function tooLarge(maxBytes: number): PawprintError {
  return new PawprintError('REQUEST_TOO_LARGE', {
    message: 'the form is larger than a request may be',
    expected: `at most ${maxBytes} bytes`,
    hint: 'Send fewer or smaller pictures at once.',
  });
}
