// The picture of a request: the multipart field `file`, or the body itself.
import type { FastifyRequest } from 'fastify';
import { PawprintError } from '../../core/index.ts';

/** Throws REQUEST_INVALID when there is none, or more than one; REQUEST_TOO_LARGE past the limits. */
export async function uploadedImage(request: FastifyRequest): Promise<Buffer> {
  if (!request.isMultipart()) return fromBody(request.body);
  let found: Buffer | undefined;
  // Every part is read: an unread one would keep the request hanging.
  for await (const part of request.parts()) {
    if (part.type !== 'file') continue;
    const bytes = await part.toBuffer();
    if (part.fieldname !== 'file') continue;
    if (found !== undefined) throw noPicture('several fields `file`');
    found = bytes;
  }
  if (found === undefined) throw noPicture('no such field');
  if (found.length === 0) throw noPicture('an empty file');
  return found;
}

function fromBody(body: unknown): Buffer {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw noPicture('an empty body');
}

function noPicture(received: string): PawprintError {
  return new PawprintError('REQUEST_INVALID', {
    message: 'the request holds no picture',
    expected: 'one multipart field `file`, or a picture as the body (Content-Type: image/…)',
    received,
    hint: 'curl -F file=@photo.jpg http://…/predict',
  });
}
