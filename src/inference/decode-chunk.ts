// What travels between the reading thread and the decoding workers: a few photos at a time, records or errors back.
import { readFile } from 'node:fs/promises';
import { hashBytes, type ErrorCode, type PawprintError } from '../core/index.ts';
import type { Preprocessing, Preprocessor } from '../image/records.ts';
import { asPhotoError, type PhotoInput } from './photo-input.ts';

export type RecordSettings = Pick<Preprocessing, 'imageSizePx' | 'fit' | 'filter'>;

/** Photos of which something can be read. */
export type DecodeRequest = readonly Exclude<PhotoInput, { readonly error: unknown }>[];

/** A PawprintError's plain form: errors lose their class on the way between threads. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly expected?: string;
  readonly received?: string;
  readonly hint?: string;
}

/** One photo decoded: its record [3, S, S] of uint8, planar RGB, and the md5 of its file; or what is wrong with it. */
export type DecodeReply =
  { readonly record: Uint8Array<ArrayBuffer>; readonly md5: string } | { readonly error: PlainError };

export function toPlainError(error: PawprintError): PlainError {
  const { code, message, expected, received, hint } = error;
  return {
    code,
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Reads and decodes each photo, one after the other; one bad photo is an error in its place. */
export async function decodeChunk(photos: DecodeRequest, preprocessor: Preprocessor): Promise<DecodeReply[]> {
  const replies: DecodeReply[] = [];
  for (const photo of photos)
    try {
      const bytes = 'bytes' in photo ? photo.bytes : await readFile(photo.path);
      replies.push({ record: await preprocessor.record(bytes), md5: hashBytes('md5', bytes) });
    } catch (error) {
      replies.push({ error: toPlainError(asPhotoError(error, photo.name)) });
    }
  return replies;
}
