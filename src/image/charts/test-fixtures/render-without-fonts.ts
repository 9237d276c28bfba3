// Renders the SVG on standard input as raw grey pixels on standard output; started with an empty font configuration.
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { renderPng } from '../render-png.ts';

const png = await renderPng((await buffer(process.stdin)).toString(), 1);
process.stdout.write(await sharp(png).greyscale().raw().toBuffer());
