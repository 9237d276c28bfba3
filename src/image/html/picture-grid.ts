// Thumbnails with captions, as many a row as fit. Pictures load only when they come into view.
import { escapeHtml, html, toMarkup, trustedHtml, type Html } from './escape.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'neutral';

export interface GridPicture {
  /** A `data:image/…` URI, or a path relative to the page with `/` between folders (encoded here). */
  readonly source: string;
  /** The line under the picture. */
  readonly caption: string | Html;
  /** Smaller lines below it. */
  readonly details?: readonly (string | Html)[];
  /** What a screen reader says; default: the caption when that is text. */
  readonly alternative?: string;
  /** Opens on a click: a path relative to the page. */
  readonly opens?: string;
  /** A coloured edge; say the same in words in the caption. */
  readonly tone?: Tone;
}

/** A relative path as a link: each part percent-encoded, so that no name can turn into an address of its own. */
export function encodePath(path: string): string {
  return path.split('/').map(encodePart).join('/');
}

// A name that is not valid Unicode cannot be encoded: a wrong link is better than no page.
function encodePart(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

/** The grid as Html; with `empty` in its place when there is no picture. */
export function pictureGrid(pictures: readonly GridPicture[], options: { readonly empty?: string } = {}): Html {
  if (pictures.length === 0) return html`<p>${options.empty ?? 'No pictures.'}</p>`;
  return trustedHtml(`<ul class="pictures">\n${pictures.map(pictureItem).join('\n')}\n</ul>`);
}

function pictureItem(picture: GridPicture): string {
  const source = picture.source.startsWith('data:image/') ? picture.source : encodePath(picture.source);
  const alternative = picture.alternative ?? (typeof picture.caption === 'string' ? picture.caption : '');
  const image = `<img src="${escapeHtml(source)}" alt="${escapeHtml(alternative)}" loading="lazy" decoding="async">`;
  const linked =
    picture.opens === undefined ? image : `<a href="${escapeHtml(encodePath(picture.opens))}">${image}</a>`;
  const details = (picture.details ?? []).map((line) => `<span class="detail">${toMarkup(line)}</span>`).join('');
  const frame = picture.tone === undefined || picture.tone === 'neutral' ? '' : ` class="framed-${picture.tone}"`;
  return `<li${frame}>${linked}<div class="caption">${toMarkup(picture.caption)}${details}</div></li>`;
}
