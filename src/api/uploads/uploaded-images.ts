// The pictures of a batch: each multipart field `file` is one.
import type { FastifyRequest } from 'fastify';
import { PawprintError } from '../../core/index.ts';

export interface UploadedImage {
  /** As the client called it; for answers and tables, never a path. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface BatchLimits {
  readonly maxPictures: number;
  /** Of all pictures together. */
  readonly maxBytes: number;
}

/** In the order sent. Throws REQUEST_INVALID without any, REQUEST_TOO_LARGE past the limits. */
export async function uploadedImages(request: FastifyRequest, limits: BatchLimits): Promise<UploadedImage[]> {
  if (!request.isMultipart())
    throw new PawprintError('MEDIA_TYPE_UNSUPPORTED', {
      message: 'a batch is a form',
      expected: 'multipart/form-data with a field `file` for each picture',
      received: request.headers['content-type'] ?? 'no Content-Type',
      hint: 'curl -F file=@a.jpg -F file=@b.jpg http://…/predict/batch',
    });
  const found: UploadedImage[] = [];
  let total = 0;
  for await (const part of request.parts({ limits: partLimits(limits) })) {
    if (part.type !== 'file') continue;
    const bytes = await part.toBuffer();
    total += bytes.length;
    if (total > limits.maxBytes) throw tooLarge(limits);
    if (part.fieldname === 'file') found.push({ name: part.filename, bytes });
  }
  if (found.length > 0) return found;
  throw new PawprintError('REQUEST_INVALID', {
    message: 'the request holds no picture',
    expected: 'a multipart field `file` for each picture',
    received: 'no such field',
    hint: 'curl -F file=@a.jpg -F file=@b.jpg http://…/predict/batch',
  });
}

const partLimits = ({ maxPictures, maxBytes }: BatchLimits): object => ({
  files: maxPictures,
  parts: maxPictures + 16,
  fileSize: maxBytes,
});

function tooLarge({ maxBytes }: BatchLimits): PawprintError {
  return new PawprintError('REQUEST_TOO_LARGE', {
    message: 'the pictures together are larger than a request may be',
    expected: `at most ${maxBytes} bytes`,
    hint: 'Send fewer at once.',
  });
}
