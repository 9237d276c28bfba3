// html: the parts of Pawprint's report pages.
export { escapeHtml, html, trustedHtml, type Html } from './escape.ts';
export * from './page.ts';
export * from './data-table.ts';
export * from './picture-grid.ts';
export * from './parts.ts';
