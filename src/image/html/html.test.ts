import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  badge,
  chartFigure,
  dataTable,
  detailsSection,
  encodePath,
  escapeHtml,
  factList,
  html,
  htmlPage,
  pictureGrid,
  section,
} from './index.ts';

const hostile = `<img src=x onerror="alert('1')"> & co`;

test('text is escaped wherever it goes in, markup of html`` only once', () => {
  assert.equal(escapeHtml(`<a href="x">&'`), '&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
  assert.equal(escapeHtml('a\u0000b\u001fc\td\n'), 'a\ufffdb\ufffdc\td\n');
  assert.equal(html`<p>${html`<b>${'<'}</b>`}${[html`<i></i>`, 3]}</p>`.markup, '<p><b>&lt;</b><i></i>3</p>');
});

test('no part of a page lets hostile text through as markup', () => {
  const page = htmlPage({
    title: hostile,
    lead: hostile,
    footer: hostile,
    body: [
      section(hostile, dataTable({ caption: hostile, columns: [hostile], rows: [[hostile]] })),
      detailsSection({
        heading: hostile,
        count: hostile,
        id: hostile,
        content: factList([{ name: hostile, value: hostile, note: hostile }]),
      }),
      pictureGrid([{ source: hostile, caption: hostile, details: [hostile], opens: hostile, alternative: hostile }]),
      pictureGrid([{ source: `data:image/png;base64,"${hostile}`, caption: badge(hostile, 'bad') }]),
      pictureGrid([], { empty: hostile }),
      chartFigure({ svg: hostile, alternative: hostile, caption: hostile }),
    ],
  });
  assert.ok(page.includes('&lt;img src=x'));
  assert.doesNotMatch(page, /<img src=x/);
  assert.doesNotMatch(page.replace(/"[^"]*"/g, '""'), /<[^>]*\sonerror=/);
});

test('a page names no outside address, has no script, and its policy allows exactly its one style sheet', () => {
  const page = htmlPage({ title: 'Report', body: pictureGrid([{ source: 'thumbs/a.jpg', caption: 'a' }]) });
  assert.doesNotMatch(page, /https?:|<script|\sstyle=|@import|url\(/);
  const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
  assert.equal(
    policy,
    `default-src 'none'; img-src 'self' data: file:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
  );
});

test('a file name cannot become an address: colons, hashes, question marks and broken Unicode are encoded', () => {
  assert.equal(encodePath('../a b/javascript:x#1?.jpg'), '../a%20b/javascript%3Ax%231%3F.jpg');
  assert.equal(encodePath('\ud800.jpg'), '%EF%BF%BD.jpg');
});

test('a table names its columns and rows, and a row that does not fit is refused', () => {
  const table = dataTable({
    caption: 'c',
    columns: ['class', { header: 'photos', numeric: true }],
    rows: [['cat', 3]],
  });
  assert.match(table.markup, /<th scope="col" class="number">photos<\/th>/);
  assert.match(table.markup, /<tr><th scope="row">cat<\/th><td class="number">3<\/td><\/tr>/);
  assert.match(table.markup, /tabindex="0"/);
  assert.throws(() => dataTable({ caption: 'c', columns: ['a', 'b'], rows: [['1']] }), /1 cells in a row, 2 columns/);
});

test('pictures load lazily, have an alternative text and open what they are told', () => {
  const grid = pictureGrid([{ source: 'a b.jpg', caption: 'cat, 93 %', opens: '../raw/a b.jpg', tone: 'bad' }]).markup;
  assert.match(
    grid,
    /<li class="framed-bad"><a href="\.\.\/raw\/a%20b\.jpg"><img src="a%20b\.jpg" alt="cat, 93 %" loading="lazy"/,
  );
});
