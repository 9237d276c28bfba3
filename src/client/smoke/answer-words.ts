// An answer's fields and status in the forms that the checks and their words need.
import type { HttpAnswer } from '../http-client.ts';
import { parseJson } from '../json.ts';
import { quoteForeign } from '../text-table.ts';

/** A text at the top of a JSON answer; undefined when there is none. */
export function textField(body: Buffer, key: string): string | undefined {
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null) return undefined;
  const field = (value as Readonly<Record<string, unknown>>)[key];
  return typeof field === 'string' ? field : undefined;
}

/** The status, and the code where a problem was told: `503 NOT_READY`. */
export function statusWords({ status, body }: HttpAnswer): string {
  const code = textField(body, 'code');
  return code === undefined ? String(status) : `${status} ${quoteForeign(code, 40)}`;
}
