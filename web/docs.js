// GET /docs: the service's own OpenAPI document, to read and to try.
const { SwaggerUIBundle } = /** @type {any} */ (globalThis);
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  // Nothing leaves this service.
  validatorUrl: null,
});
