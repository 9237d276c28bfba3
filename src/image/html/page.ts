// A report page: one self-contained file that asks nobody for anything. Its content security policy forbids scripts
// and every outside address; what stands beside it (thumbnails) may be shown.
import { createHash } from 'node:crypto';
import { escapeHtml, toMarkup, type Html } from './escape.ts';
import { stylesheet } from './stylesheet.ts';

export interface HtmlPageOptions {
  /** The heading and the window's title. */
  readonly title: string;
  /** One or two sentences under the heading: what this is and what came out. */
  readonly lead?: string | Html;
  readonly body: Html | readonly Html[];
  /** Small print: version, command, date. */
  readonly footer?: string | Html;
}

// file: lets a page opened from disk show the pictures beside it ('self' names no origin there).
const policy = (styleHash: string): string =>
  `default-src 'none'; img-src 'self' data: file:; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;

/** The page as one HTML document. Text is escaped; `body` is Html (see html`…`). */
export function htmlPage(options: HtmlPageOptions): string {
  const styleHash = createHash('sha256').update(stylesheet).digest('base64');
  const bodies = 'kind' in options.body ? [options.body] : options.body;
  const lead = options.lead === undefined ? '' : `\n<p class="lead">${toMarkup(options.lead)}</p>`;
  const footer = options.footer === undefined ? '' : `\n<footer class="page">${toMarkup(options.footer)}</footer>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy(styleHash))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(options.title)}</title>
<link rel="icon" href="data:,">
<style>${stylesheet}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="page">
<h1>${escapeHtml(options.title)}</h1>${lead}
</header>
<main id="content">
${bodies.map(toMarkup).join('\n')}
</main>${footer}
</body>
</html>
`;
}
