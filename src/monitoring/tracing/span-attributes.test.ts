// What spans hold of a request: names of a closed set, codes, and no word of a query.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeAttributes, serverAttributes, serverSpanName } from './span-attributes.ts';

test('queries, headers and what is undefined are left out, whoever puts them in', () => {
  assert.deepEqual(
    safeAttributes({
      'url.path': '/predict?key=secret#top',
      'url.query': 'key=secret',
      'url.full': 'http://a/predict?key=secret',
      'http.url': 'http://a/predict?key=secret',
      'http.target': '/predict?key=secret',
      'http.request.header.authorization': 'Bearer secret',
      'pawprint.image.bytes': 12,
      'pawprint.label': undefined,
    }),
    { 'url.path': '/predict', 'pawprint.image.bytes': 12 },
  );
});

const answered = { 'http.request.method': 'POST', 'http.route': '/predict' };
const post = { method: 'POST', route: '/predict' };

test('a success has no error, a refusal has its code, a failure is an error', () => {
  assert.deepEqual(serverAttributes({ ...post, status: 200 }), { ...answered, 'http.response.status_code': 200 });
  assert.deepEqual(serverAttributes({ ...post, status: 415, error: 'IMAGE_UNSUPPORTED' }), {
    ...answered,
    'http.response.status_code': 415,
    'pawprint.error.code': 'IMAGE_UNSUPPORTED',
  });
  assert.deepEqual(serverAttributes({ ...post, status: 503, error: 'OVERLOADED' }), {
    ...answered,
    'http.response.status_code': 503,
    'pawprint.error.code': 'OVERLOADED',
    'error.type': 'OVERLOADED',
  });
  assert.equal(serverAttributes({ ...post, status: 502 })['error.type'], '502');
});

test('the outcome goes before attributes of the same name', () => {
  const attributes = { 'http.response.status_code': 1, 'pawprint.label': 'cat' };
  assert.deepEqual(serverAttributes({ ...post, status: 200, attributes }), {
    ...answered,
    'http.response.status_code': 200,
    'pawprint.label': 'cat',
  });
});

test('a span is called by method and route; neither is a client’s invention', () => {
  assert.equal(serverSpanName({ ...post, status: 200 }), 'POST /predict');
  const unknown = { method: 'PROPFIND', route: undefined, status: 404 };
  assert.equal(serverSpanName(unknown), 'HTTP');
  assert.equal(serverSpanName({ ...unknown, method: 'GET' }), 'GET');
  assert.deepEqual(serverAttributes(unknown), {
    'http.request.method': '_OTHER',
    'http.request.method_original': 'PROPFIND',
    'http.response.status_code': 404,
  });
});
