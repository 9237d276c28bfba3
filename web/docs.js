// GET /docs: the service's own OpenAPI document, to read and to try.
/* global SwaggerUIBundle */
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  // Nothing leaves this service.
  validatorUrl: null,
});
