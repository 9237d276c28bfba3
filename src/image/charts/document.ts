// The outer SVG of a chart: size, light ground, title, and the outlines of the letters that its content uses.
import { escapeHtml } from '../html/index.ts';
import { ink, mutedInk, surface } from './palette.ts';
import { element } from './svg.ts';
import { drawText, glyphDefinitions, wrapText } from './text.ts';

export interface ChartHeading {
  /** What the chart shows. */
  readonly title: string;
  /** One quieter line: of what, how many. */
  readonly subtitle?: string;
}

export interface ChartDocumentOptions extends ChartHeading {
  readonly widthPx: number;
  /** Height below the heading. */
  readonly contentHeightPx: number;
  /** In words, for whoever cannot see it. */
  readonly description: string;
  /** Draws the content; (0, 0) is the left end below the heading. */
  readonly content: string;
}

export const chartPaddingPx = 20;

function headingLines({ title, subtitle }: ChartHeading, widthPx: number): { markup: string; heightPx: number } {
  const room = widthPx - 2 * chartPaddingPx;
  let y = chartPaddingPx;
  let markup = '';
  for (const line of wrapText(title, 18, room)) {
    y += 19;
    markup += drawText(line, { x: chartPaddingPx, y: y - 3, sizePx: 18, fill: ink, bold: true });
    y += 4;
  }
  for (const line of subtitle === undefined ? [] : wrapText(subtitle, 13, room)) {
    y += 18;
    markup += drawText(line, { x: chartPaddingPx, y: y - 3, sizePx: 13, fill: mutedInk });
  }
  return { markup, heightPx: y + 10 };
}

/** The whole SVG document. */
export function chartDocument(options: ChartDocumentOptions): string {
  const { widthPx, contentHeightPx, title, description, content } = options;
  const heading = headingLines(options, widthPx);
  const heightPx = Math.ceil(heading.heightPx + contentHeightPx);
  const body = heading.markup + element('g', { transform: `translate(0 ${Math.round(heading.heightPx)})` }, content);
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width: widthPx,
    height: heightPx,
    viewBox: `0 0 ${widthPx} ${heightPx}`,
    role: 'img',
    'aria-label': title,
  };
  return `${element(
    'svg',
    attributes,
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>` +
      `<defs>${glyphDefinitions(body)}</defs>` +
      element('rect', { width: widthPx, height: heightPx, fill: surface }) +
      body,
  )}\n`;
}
