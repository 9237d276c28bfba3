// What the checks demand of an answer, each in one call that throws a CheckFailure with the difference in words.
import type { z } from 'zod';
import { listComplaints } from '../../core/index.ts';
import type { HttpAnswer } from '../http-client.ts';
import { parseJson } from '../json.ts';
import { quoteForeign } from '../text-table.ts';
import { problemSchema } from '../wire.ts';
import { statusWords } from './answer-words.ts';
import { failed } from './check-failure.ts';

export function expectStatus(answer: HttpAnswer, wanted: readonly number[]): void {
  if (!wanted.includes(answer.status)) throw failed(`status ${statusWords(answer)}, not ${wanted.join(' or ')}`);
}

export function expectType({ headers }: HttpAnswer, wanted: string): void {
  const type = headers['content-type'] ?? 'none';
  if (type.split(';')[0]?.trim().toLowerCase() !== wanted)
    throw failed(`content type ${quoteForeign(type)}, not ${wanted}`);
}

/** The answer as JSON of this form. */
export function expectJson<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema): z.output<Schema> {
  expectType(answer, 'application/json');
  return expectForm(answer, schema);
}

function expectForm<Schema extends z.ZodType>({ body }: HttpAnswer, schema: Schema): z.output<Schema> {
  const value = parseJson(body);
  if (value === undefined) throw failed('an answer that is no JSON');
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path = '', expected = '', received = '' } = listComplaints(parsed.error, value)[0] ?? {};
  throw failed(`${path === '' ? 'the answer' : path}: ${quoteForeign(received)}, not ${expected}`);
}

/** A refusal: one of `wanted`, as problem+json whose status is the answer's, with a code. Resolves to words for the report. */
export function expectProblem(answer: HttpAnswer, wanted: readonly number[]): string {
  expectStatus(answer, wanted);
  expectType(answer, 'application/problem+json');
  const { status, code } = expectForm(answer, problemSchema);
  if (status !== answer.status) throw failed(`a problem of status ${status} in an answer of status ${answer.status}`);
  return `refused: ${answer.status} ${quoteForeign(code, 40)}`;
}
