// The modules of src/ that the page runs too, so that a photo becomes the same numbers in a browser: exactly these
// files, types stripped when they are TypeScript (a clone), as they are when they are compiled (a package). Their
// addresses end in .js either way. None of them may import from Node.
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';

/** Below src/, without the ending. */
export const browserModules: ReadonlySet<string> = new Set([
  'image/resize',
  'image/resample',
  'image/resample-kernel',
  'image/resample-simd',
  'image/resample-simd-code',
  'image/wasm-assembler',
  'image/record',
  'image/exif',
  'image/jpeg-header',
  'image/upright',
  'image/fast-jpeg/index',
  'image/fast-jpeg/colour',
  'image/fast-jpeg/frame',
  'image/fast-jpeg/huffman',
  'image/fast-jpeg/inverse-dct',
  'image/fast-jpeg/scan',
  'image/fast-jpeg/segments',
  'image/fast-jpeg/upsample',
]);

const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** JavaScript of one of `browserModules`. */
export async function readBrowserModule(name: string): Promise<string> {
  const text = await readFile(new URL(`../${name}${ending}`, import.meta.url), 'utf8');
  return ending === '.js' ? text : toJavaScript(text);
}

function toJavaScript(text: string): string {
  return stripQuietly(text).replaceAll(/(\bfrom '\.{1,2}\/[^']+)\.ts'/g, "$1.js'");
}

/** Node says once that stripping is experimental: nothing that whoever runs the service could act on. */
function stripQuietly(text: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}
