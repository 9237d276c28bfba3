// Whether what came back is what may come back: one answer, of an expected status, in the form of every refusal, without a
// word about the machine.
import assert from 'node:assert/strict';
import { type ErrorCode, errorTable } from '../../../src/core/index.ts';
import type { Exchange, RawAnswer } from '../raw-http.ts';
import { repositoryRoot } from '../run-pawprint.ts';
import type { BadInput } from './bad-input.ts';
import type { OfflineAnswer } from './offline.ts';

interface Result extends OfflineAnswer {
  readonly status?: number;
  readonly code?: ErrorCode;
  readonly requestId?: string;
  readonly file?: string;
  readonly results?: readonly Result[];
}

/** Throws an AssertionError that says what is wrong. */
export function checkAnswer(
  input: BadInput,
  { answers, rest }: Exchange,
  offline: (picture: Buffer) => OfflineAnswer,
): void {
  const { expected } = input;
  assert.equal(rest.length, 0, `bytes behind the answer: ${rest.toString('latin1').slice(0, 200)}`);
  const [answer, ...more] = answers;
  assert.equal(more.length, 0, 'more than one answer');
  if (answer === undefined) {
    assert.equal(expected.kind, 'refused or closed', 'no answer');
    return;
  }
  const body = readBody(answer);
  switch (expected.kind) {
    case 'as offline':
      checkPicture({ ...body, status: answer.status }, offline(expected.picture));
      break;
    case 'each as offline':
      assert.equal(answer.status, 200);
      assert.equal(body.results?.length, expected.pictures.length);
      for (const [i, picture] of expected.pictures.entries()) checkPicture(body.results[i] ?? {}, offline(picture));
      for (const { file = '' } of body.results) assert.match(file, /^[^\p{Cc}\u202e/\\]{0,255}$/u);
      break;
    case 'status':
    case 'refused or closed':
      assert.ok(
        expected.statuses.includes(answer.status),
        `${answer.status} instead of ${expected.statuses.join(', ')}`,
      );
      break;
  }
}

/** The body as JSON; that of a refusal holds the form. */
function readBody({ status, headers, body }: RawAnswer): Result {
  const text = body.toString();
  assert.ok(status < 500, `${status}: ${text}`);
  // A path of this machine, a stack, a module: what only the inside knows.
  assert.doesNotMatch(text, /\n\s+at |node:|node_modules|\.ts\b|\/tmp\/|\/home\/|\/root\//);
  assert.ok(!text.includes(repositoryRoot));
  if (status < 400) return text.startsWith('{') ? (JSON.parse(text) as Result) : {};
  assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8', text);
  const problem = JSON.parse(text) as Result;
  assert.equal(problem.status, status);
  assert.ok(problem.code !== undefined && problem.code in errorTable, text);
  assert.match(problem.requestId ?? '', /^[\w.-]{1,128}$/);
  assert.equal(headers['x-request-id'], problem.requestId);
  return problem;
}

function checkPicture(served: Result, offline: OfflineAnswer): void {
  if (offline.error === undefined) {
    assert.deepEqual(
      [served.status, served.label, served.answer, served.probabilities],
      [200, offline.label, offline.answer, offline.probabilities],
    );
    return;
  }
  const code = offline.error.code as ErrorCode;
  assert.deepEqual([served.status, served.code], [errorTable[code].httpStatus, code]);
}
