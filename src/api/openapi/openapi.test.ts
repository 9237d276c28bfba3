import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { openApi } from './index.ts';

test('a route that is not described cannot be added; a file of a page can', () => {
  const app = fastify();
  openApi(app, { title: 'x', version: '0', description: 'x' });
  app.get('/style.css', { config: { page: true } }, () => '');
  assert.throws(() => app.get('/secret', () => ''), /GET \/secret is not described/);
});
