// Files whose content is of another format than their name says.
import type { ImageFormat } from '../../../image/index.ts';
import type { PhotoFinding } from './finding.ts';

/** Formats by the endings that announce them. AVIF and HEIF share a container and are told apart by its brand only. */
const announced: Readonly<Record<string, readonly ImageFormat[]>> = {
  jpg: ['jpeg'],
  jpeg: ['jpeg'],
  jpe: ['jpeg'],
  jfif: ['jpeg'],
  png: ['png'],
  gif: ['gif'],
  webp: ['webp'],
  bmp: ['bmp'],
  tif: ['tiff'],
  tiff: ['tiff'],
  avif: ['avif', 'heif'],
  heic: ['heif', 'avif'],
  heif: ['heif', 'avif'],
};

export const wrongExtension: PhotoFinding<'wrong-extension'> = {
  id: 'wrong-extension',
  severity: 'warning',
  title: 'wrong extension',
  explanation: 'The content is of another format than the name says; programs that go by names stumble over it.',
  shows: 'photos',
  judge: ({ path, info }) => {
    const ending = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
    if (info === undefined || ending === undefined) return undefined;
    const formats = Object.hasOwn(announced, ending) ? announced[ending] : undefined;
    return formats?.includes(info.format) === true ? undefined : { detail: `${info.format} content in .${ending}` };
  },
};
