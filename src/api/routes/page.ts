// GET /: the page for people, with its scripts, and GET /model.onnx: the model that it can run itself. Everything that
// it loads comes from this service, and its policy lets nothing else in.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppDependencies } from '../dependencies.ts';
import { findPageFiles, type PageFile } from '../page-files.ts';

/** In place of the API's own policy. WebAssembly may be compiled; inline scripts and styles may not be. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export async function pageRoutes(app: FastifyInstance, { host }: AppDependencies): Promise<void> {
  const files = await findPageFiles();
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const read = files.get(request.url.split('?')[0] ?? '');
    if (read === undefined) {
      reply.callNotFound();
      return reply;
    }
    return send(await read(), request, reply);
  };
  for (const url of ['/', '/page/*', '/code/*', '/runtime/*']) app.get(url, { config: { scope: 'open' } }, answer);
  app.get(
    '/model.onnx',
    {
      config: { scope: 'predict' },
      schema: {
        summary: 'the model that answers, as the page runs it itself',
        tags: ['predictions'],
        answers: { 200: { description: 'the model file', contentType: 'application/octet-stream' } },
      },
    },
    (request, reply) => {
      const { bytes: content, sha256 } = host.current.file;
      const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
      const file = { contentType: 'application/octet-stream', etag: `"${sha256}"`, bytes: bytes.length };
      return send({ ...file, open: () => bytes }, request, reply);
    },
  );
}

function send(file: PageFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.headers({
    'content-security-policy': contentSecurityPolicy,
    'permissions-policy': 'camera=(self)',
    // Asked for each time, sent only when it has changed: a new version never meets old scripts.
    'cache-control': 'no-cache',
    etag: file.etag,
  });
  if (knows(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  void reply.headers({ 'content-type': file.contentType, 'content-length': file.bytes });
  return reply.send(request.method === 'HEAD' ? null : file.open());
}

/** Whether one of the tags in If-None-Match is this one, compared weakly (RFC 9110, 13.1.2). */
function knows(header: string | undefined, etag: string): boolean {
  const plain = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header?.split(',').some((tag) => tag.trim() === '*' || plain(tag) === plain(etag)) ?? false;
}
