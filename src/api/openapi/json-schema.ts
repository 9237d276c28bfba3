// zod schemas as the JSON Schema that OpenAPI 3.1 takes, named ones as shared components.
import { z } from 'zod';

export type Json = Record<string, unknown>;

/** `components` gathers what has a name; the schema then refers to it. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' }) as Json;
  for (const [name, definition] of Object.entries($defs as Json)) components[name] = relocate(definition);
  return relocate(rest) as Json;
}

/** References point to where OpenAPI keeps what is shared. */
function relocate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocate);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : relocate(inner),
    ]),
  );
}
