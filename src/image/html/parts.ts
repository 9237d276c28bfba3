// The smaller parts of a report page: sections, sections that open, key figures, badges, charts.
import { html, trustedHtml, type Html } from './escape.ts';
import type { Tone } from './picture-grid.ts';

type Content = Html | readonly Html[];

/** A heading and what stands under it. */
export function section(heading: string, content: Content): Html {
  return html`<section>
    <h2>${heading}</h2>
    ${content}
  </section>`;
}

export interface DetailsOptions {
  readonly heading: string | Html;
  /** A muted word after the heading: "23 photos". */
  readonly count?: string;
  /** Target of links within the page: letters, digits and dashes. */
  readonly id?: string;
  readonly open?: boolean;
  readonly content: Content;
}

/** A section that opens on a click or a key press, without a script. */
export function detailsSection(options: DetailsOptions): Html {
  const id = options.id === undefined ? '' : html` id="${options.id}"`;
  const count = options.count === undefined ? '' : html` <span class="count">${options.count}</span>`;
  return html`<details${id}${trustedHtml(options.open === true ? ' open' : '')}><summary>${options.heading}${count}</summary>
<div class="inside">
${options.content}
</div></details>`;
}

export interface Fact {
  readonly name: string;
  readonly value: string | number | Html;
  readonly note?: string;
}

/** Key figures as a row of cards. */
export function factList(facts: readonly Fact[]): Html {
  const cards = facts.map(({ name, value, note }) => {
    const small = note === undefined ? '' : html`<span class="note">${note}</span>`;
    return html`<div>
      <dt>${name}</dt>
      <dd>${value}${small}</dd>
    </div>`;
  });
  return html`<dl class="facts">${cards}</dl>`;
}

/** One or two words in a coloured pill; the words carry the meaning, the colour helps. */
export function badge(text: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/**
 * A chart of src/image/charts as a figure. As an image the SVG can neither run scripts nor clash with the page;
 * `alternative` says in words what it shows.
 */
export function chartFigure(options: {
  readonly svg: string;
  readonly alternative: string;
  readonly caption?: string;
}): Html {
  const source = `data:image/svg+xml;base64,${Buffer.from(options.svg).toString('base64')}`;
  const caption = options.caption === undefined ? '' : html`<figcaption>${options.caption}</figcaption>`;
  return html`<figure><img src="${source}" alt="${options.alternative}" />${caption}</figure>`;
}

/** Figures side by side where the window is wide enough. */
export function figureRow(figures: readonly Html[]): Html {
  return html`<div class="figures">${figures}</div>`;
}
