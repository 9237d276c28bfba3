// GET /: the page for people, with its scripts; GET /docs: the API to read and try; GET /model.onnx: the model that the page
// can run itself. Everything that they load comes from this service, and their policy lets nothing else in.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppDependencies } from '../dependencies.ts';
import { findPageFiles, type PageFile } from '../page-files.ts';

/** Of a page: headers, and open to everybody. */
const page = { scope: 'open', page: true } as const;

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
  for (const url of ['/', '/docs', '/docs/*', '/page/*', '/code/*', '/runtime/*'])
    app.get(url, { config: page }, answer);
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
    // Asked for each time, sent only when it has changed: a new version never meets old scripts.
    'cache-control': 'no-cache',
    etag: file.etag,
  });
  if (knows(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  void reply.headers({ 'content-type': file.contentType, 'content-length': file.bytes });
  return reply.send(file.open());
}

/** Whether one of the tags in If-None-Match is this one, compared weakly (RFC 9110, 13.1.2). */
function knows(header: string | undefined, etag: string): boolean {
  const plain = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header?.split(',').some((tag) => tag.trim() === '*' || plain(tag) === plain(etag)) ?? false;
}
