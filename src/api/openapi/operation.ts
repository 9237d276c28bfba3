// One route as an OpenAPI operation: everything out of what the route says of itself (route.ts).
import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import type { RouteAnswer, Scope } from '../route.ts';
import { problemSchema } from '../schemas/problem.ts';
import { type Json, jsonSchema } from './json-schema.ts';

export interface DocumentedRoute {
  readonly method: string;
  readonly url: string;
  readonly schema: FastifySchema;
  readonly scope: Scope;
}

/** What any request may be told. */
const commonProblems = [400, 404, 405, 408, 413, 414, 429, 431, 500, 503] as const;
const problemWords: Readonly<Record<number, string>> = {
  400: 'the request is not understood',
  401: 'a key is needed',
  403: 'the key does not allow it',
  404: 'there is nothing at this address',
  405: 'the address knows other methods',
  408: 'the request took too long to arrive',
  413: 'the request, or a picture, is larger than allowed',
  414: 'the address is longer than allowed',
  415: 'the body, or the file, is of a type that is not taken',
  422: 'a picture or a model cannot be used',
  429: 'too many requests: try again after the seconds in Retry-After',
  431: 'the headers are larger than allowed',
  500: 'a bug in Pawprint',
  503: 'no predictions now: try again after the seconds in Retry-After',
};

const picture = { type: 'string', format: 'binary' } as const;
const pictureTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/tiff', 'image/bmp'];
const form = (file: object): object => ({
  'multipart/form-data': { schema: { type: 'object', properties: { file }, required: ['file'] } },
});
const pictureBodies = {
  one: {
    required: true,
    description: 'one picture: the field `file` of a form, or the body itself',
    content: {
      ...form({ ...picture, description: 'JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP' }),
      ...Object.fromEntries([...pictureTypes, 'application/octet-stream'].map((type) => [type, { schema: picture }])),
    },
  },
  many: {
    required: true,
    description: 'a field `file` for each picture',
    content: form({ type: 'array', items: picture, minItems: 1 }),
  },
} as const;

/** Named schemas that it uses are added to `components`. */
export function operation({ method, url, schema, scope }: DocumentedRoute, components: Json): Json {
  const { summary, description, tags, querystring, params, body, pictures, answers = {}, problems = [] } = schema;
  const statuses = [...commonProblems, ...problems, ...(scope === 'open' ? [] : [401, 403])].sort((a, b) => a - b);
  return {
    operationId: operationId(method, url),
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    parameters: [...parameters(params, 'path', components), ...parameters(querystring, 'query', components)],
    ...(pictures === undefined ? {} : { requestBody: pictureBodies[pictures] }),
    ...(body instanceof z.ZodType ? { requestBody: jsonBody(body, components) } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, said]) => [status, answer(said, components)])),
      ...Object.fromEntries(statuses.map((status) => [status, problem(status, components)])),
    },
    ...(scope === 'admin' ? { security: [{ key: [] }] } : scope === 'predict' ? { security: [{}, { key: [] }] } : {}),
  };
}

/** `GET /v2/models/{model}/infer` → getV2ModelsModelInfer. */
function operationId(method: string, url: string): string {
  const words = url.split(/\W+/).filter((word) => word !== '');
  return [method.toLowerCase(), ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}

function answer({ description, schema, contentType = 'application/json' }: RouteAnswer, components: Json): Json {
  if (schema === undefined && contentType === 'application/json') return { description };
  const content = schema === undefined ? { type: 'string' } : jsonSchema(schema, 'output', components);
  return { description, content: { [contentType]: { schema: content } } };
}

function problem(status: number, components: Json): Json {
  const content = { 'application/problem+json': { schema: jsonSchema(problemSchema, 'output', components) } };
  return { description: problemWords[status] ?? 'a problem', content };
}

function jsonBody(schema: z.ZodType, components: Json): Json {
  return { required: true, content: { 'application/json': { schema: jsonSchema(schema, 'input', components) } } };
}

function parameters(schema: unknown, place: 'query' | 'path', components: Json): Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  // As output: a number in an address is a number, not the text that it is written as.
  const { properties = {}, required = [] } = jsonSchema(schema, 'output', components) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}
