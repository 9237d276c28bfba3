// Numbers that an ONNX file keeps in files beside it. Refused unless a folder is given, and never read from outside it:
// a model file from elsewhere must not be able to name any file of the machine.
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { asPawprintError, PawprintError } from '../core/index.ts';
import type { TensorProto } from './onnx-proto/onnx_pb.js';
import type { ExternalDataReader } from './onnx-tensor.ts';

/** A reader of external data below `directory`; without one, every use of external data is MODEL_INVALID. */
export function externalDataReader(directory: string | undefined): ExternalDataReader {
  return (tensor) => {
    const place = placeOf(tensor);
    if (directory === undefined)
      throw refused(tensor, `refers to external data in "${place.location}"`, {
        expected: 'a model whose numbers are in the model file',
        hint: 'Save the model as one file, or say in which folder its data may be read.',
      });
    const path = insidePath(tensor, directory, place.location);
    try {
      return readRegion(tensor, path, place);
    } catch (error) {
      throw asPawprintError(error, `reading the data of tensor ${tensor.name}`);
    }
  };
}

interface Place {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

function placeOf(tensor: TensorProto): Place {
  const values = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const length = values.get('length');
  return {
    location: values.get('location') ?? '',
    offset: Number(values.get('offset') ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

function refused(
  tensor: TensorProto,
  problem: string,
  details: { expected: string; received?: string; hint: string },
): PawprintError {
  return new PawprintError('MODEL_INVALID', { message: `tensor ${tensor.name} ${problem}`, ...details });
}

/** The file's path with all links followed; MODEL_INVALID when it is not inside the folder. */
function insidePath(tensor: TensorProto, directory: string, location: string): string {
  const outside = (): PawprintError =>
    refused(tensor, 'refers to external data outside the folder of the model', {
      expected: `a relative path below ${directory}`,
      received: location,
      hint: 'Do not use this file unless you know where it comes from.',
    });
  const isInside = (folder: string, path: string): boolean => {
    const way = relative(folder, path);
    return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  };
  const path = resolve(directory, location);
  if (isAbsolute(location) || !isInside(resolve(directory), path)) throw outside();
  try {
    const real = realpathSync(path);
    if (!isInside(realpathSync(directory), real)) throw outside();
    return real;
  } catch (error) {
    throw asPawprintError(error, `reading the data of tensor ${tensor.name}`);
  }
}

function readRegion(tensor: TensorProto, path: string, { offset, length }: Place): Uint8Array {
  const size = statSync(path).size;
  const wanted = length ?? size - offset;
  const possible = Number.isSafeInteger(offset) && Number.isSafeInteger(wanted) && offset >= 0 && wanted >= 0;
  if (!possible || offset + wanted > size)
    throw refused(tensor, 'refers to bytes that its data file does not have', {
      expected: `a region inside ${size} bytes`,
      received: `${wanted} bytes from ${offset} on`,
      hint: 'The data file is truncated or belongs to another model.',
    });
  const bytes = new Uint8Array(wanted);
  const file = openSync(path, 'r');
  try {
    for (let done = 0; done < wanted;) {
      const count = readSync(file, bytes, done, wanted - done, offset + done);
      if (count === 0) break;
      done += count;
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}
