// The picture of a request: the multipart field `file`, or the body itself.
import type { FastifyRequest } from 'fastify';
import { PawprintError } from '../../core/index.ts';
import { formFiles } from './form-files.ts';

/** Throws REQUEST_INVALID when there is none, or more than one; REQUEST_TOO_LARGE past the limits. */
export async function uploadedImage(request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  if (!request.isMultipart()) return fromBody(request.body);
  const [file] = (await formFiles(request, { maxFiles: 1, maxBytes })).filter(({ field }) => field === 'file');
  if (file === undefined) throw noPicture('no such field');
  if (file.bytes.length === 0) throw noPicture('an empty file');
  return file.bytes;
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
