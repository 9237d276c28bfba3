// The inputs of an Open Inference Protocol request as jobs for the queue: `image`, the model's own tensor, or `picture`,
// encoded pictures that go through the model's preprocessing as POST /predict does.
import { PawprintError } from '../core/index.ts';
import type { ServeJob } from '../inference/serving/index.ts';
import type { InferRequest } from './schemas/inference-protocol.ts';

type Input = InferRequest['inputs'][number];

export interface InputRules {
  readonly imageSizePx: number;
  /** Rows of one request. */
  readonly maxRows: number;
}

/** One job a row. Throws REQUEST_INVALID for anything that is not one of the two inputs, REQUEST_TOO_LARGE past maxRows. */
export function jobsOf({ inputs }: InferRequest, rules: InputRules): ServeJob[] {
  const [input, ...more] = inputs;
  if (input === undefined || more.length > 0)
    throw invalid(`${inputs.length} inputs`, 'one input, `image` or `picture`');
  switch (input.name) {
    case 'image':
      return tensorJobs(input, rules);
    case 'picture':
      return pictureJobs(input, rules);
    default:
      throw invalid(`an input \`${input.name}\``, '`image` (FP32) or `picture` (BYTES)');
  }
}

function tensorJobs({ datatype, shape, data }: Input, { imageSizePx: size, maxRows }: InputRules): ServeJob[] {
  if (datatype !== 'FP32') throw invalid(`datatype ${datatype}`, 'datatype FP32 for `image`');
  const [rows = 0, ...rest] = shape;
  if (rest.join() !== [3, size, size].join())
    throw invalid(`shape [${shape.join(', ')}]`, `shape [N, 3, ${size}, ${size}]`);
  checkRows(rows, maxRows);
  const width = 3 * size * size;
  const values = new Float32Array(rows * width);
  const filling: Filling = { values, filled: 0 };
  fill(filling, data, shape.length);
  const { filled } = filling;
  if (filled !== values.length) throw invalid(`${filled} numbers`, `${values.length} numbers for this shape`);
  return Array.from({ length: rows }, (_, at) => ({
    kind: 'tensor',
    values: values.slice(at * width, (at + 1) * width),
  }));
}

/** The rows of a request, end to end, as they fill. */
interface Filling {
  readonly values: Float32Array;
  /** How many numbers came so far; past the end they are only counted. */
  filled: number;
}

/** Copies numbers, flat or nested as the shape, in so many levels of lists at most. */
function fill(filling: Filling, data: readonly unknown[], levels: number): void {
  for (const value of data)
    if (typeof value === 'number') filling.values[filling.filled++] = value;
    else if (!Array.isArray(value))
      throw invalid(`${value === null ? 'null' : typeof value} among the data`, 'numbers');
    else if (levels === 1) throw invalid('lists deeper than the shape', 'numbers, flat or nested as the shape');
    else fill(filling, value, levels - 1);
}

const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

function pictureJobs({ datatype, shape, data }: Input, { maxRows }: InputRules): ServeJob[] {
  if (datatype !== 'BYTES') throw invalid(`datatype ${datatype}`, 'datatype BYTES for `picture`');
  if (shape.length !== 1 || shape[0] !== data.length)
    throw invalid(`shape [${shape.join(', ')}] and ${data.length} values`, 'shape [N] and N values');
  checkRows(data.length, maxRows);
  return data.map((text) => {
    if (typeof text !== 'string' || !base64.test(text)) throw invalid('something else', 'pictures in base64');
    return { kind: 'picture', bytes: Buffer.from(text, 'base64') };
  });
}

function checkRows(rows: number, maxRows: number): void {
  if (rows === 0) throw invalid('no row', 'one row or more');
  if (rows <= maxRows) return;
  throw new PawprintError('REQUEST_TOO_LARGE', {
    message: 'the request has more rows than allowed',
    expected: `at most ${maxRows}`,
    received: String(rows),
    hint: 'Send several requests.',
  });
}

function invalid(received: string, expected: string): PawprintError {
  return new PawprintError('REQUEST_INVALID', {
    message: 'the inference request does not fit the model',
    expected,
    received,
    hint: 'GET /v2/models/<name> says what the model takes.',
  });
}
