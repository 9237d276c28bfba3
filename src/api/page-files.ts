// The files that the page at / consists of: its own (web/), the modules of src/ that it runs too, and ONNX Runtime's
// WebAssembly. A closed list by address: no request names a path.
import { createReadStream, type ReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { hashBytes } from '../core/index.ts';
import { browserModules, readBrowserModule } from './browser-modules.ts';

export interface PageFile {
  readonly contentType: string;
  /** Changes with the content. */
  readonly etag: string;
  readonly bytes: number;
  /** What is sent. */
  readonly open: () => Buffer | ReadStream;
}

/** Reads one file of the page when it is asked for. */
export type PageFileReader = () => Promise<PageFile>;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Pages have addresses of their own. */
const addresses: Readonly<Record<string, string>> = { 'index.html': '/', 'docs.html': '/docs' };

/** ONNX Runtime for the browser without a GPU: its module, the glue, and the WebAssembly of both. */
const runtimeFiles = ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

/** Swagger UI: reads /openapi.json and lets it be tried. */
const documentationFiles = ['swagger-ui.css', 'swagger-ui-bundle.js'];

/** Every file by its address: `/`, `/docs`, and `/page/*`, `/code/*`, `/runtime/*`, `/docs/*`. */
export async function findPageFiles(): Promise<ReadonlyMap<string, PageFileReader>> {
  const folder = new URL('../../web/', import.meta.url);
  const files = new Map<string, PageFileReader>();
  for (const name of await readdir(folder)) {
    if (contentTypes[extname(name)] === undefined) continue;
    files.set(addresses[name] ?? `/page/${name}`, () => readSmall(new URL(name, folder)));
  }
  for (const name of browserModules)
    files.set(`/code/${name}.js`, async () => inMemory('.js', Buffer.from(await readBrowserModule(name))));
  const runtime = new URL('./', import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  for (const name of runtimeFiles) files.set(`/runtime/${name}`, () => statLarge(new URL(name, runtime)));
  const documentation = new URL('./static/', import.meta.resolve('@fastify/swagger-ui/package.json'));
  for (const name of documentationFiles) files.set(`/docs/${name}`, () => readSmall(new URL(name, documentation)));
  return files;
}

async function readSmall(url: URL): Promise<PageFile> {
  return inMemory(extname(url.pathname), await readFile(url));
}

function inMemory(ending: string, content: Buffer): PageFile {
  // Of the content, not of the time: the files of a package all bear the same time.
  const etag = `"${hashBytes('sha256', content).slice(0, 32)}"`;
  return { contentType: contentTypes[ending] ?? '', etag, bytes: content.length, open: () => content };
}

/** Megabytes, which are not read to say that they are the same. */
async function statLarge(url: URL): Promise<PageFile> {
  const { size, mtimeMs } = await stat(url);
  const etag = `W/"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  return {
    contentType: contentTypes[extname(url.pathname)] ?? '',
    etag,
    bytes: size,
    open: () => createReadStream(url),
  };
}
