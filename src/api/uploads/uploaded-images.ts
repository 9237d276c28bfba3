// The pictures of a batch: each multipart field `file` is one.
import type { FastifyRequest } from 'fastify';
import { PawprintError } from '../../core/index.ts';
import { fileName } from './file-name.ts';
import { formFiles } from './form-files.ts';

export interface UploadedImage {
  /** As the client called it; for answers and tables, never a path. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface BatchLimits {
  readonly maxPictures: number;
  /** Of the whole request. */
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
  const files = await formFiles(request, { maxFiles: limits.maxPictures, maxBytes: limits.maxBytes });
  const found = files.filter(({ field }) => field === 'file');
  if (found.length > 0) return found.map(({ name, bytes }) => ({ name: fileName(name), bytes }));
  throw new PawprintError('REQUEST_INVALID', {
    message: 'the request holds no picture',
    expected: 'a multipart field `file` for each picture',
    received: 'no such field',
    hint: 'curl -F file=@a.jpg -F file=@b.jpg http://…/predict/batch',
  });
}
