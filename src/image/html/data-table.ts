// A table with real headers that scrolls on its own when the window is narrow.
import { escapeHtml, toMarkup, type Html } from './escape.ts';

export interface DataTableColumn {
  readonly header: string;
  /** Right-aligned with figures of equal width. */
  readonly numeric?: boolean;
}

export interface DataTableOptions {
  /** What the table shows; read out first by screen readers. */
  readonly caption: string;
  readonly columns: readonly (DataTableColumn | string)[];
  /** One cell a column. Text is escaped, Html goes in as it is. */
  readonly rows: readonly (readonly (string | number | Html)[])[];
  /** The first cell of each row names the row. Default true. */
  readonly rowHeaders?: boolean;
}

/** The table as Html. A row of the wrong length is a bug of the caller and throws. */
export function dataTable(options: DataTableOptions): Html {
  const columns = options.columns.map((column) => (typeof column === 'string' ? { header: column } : column));
  const alignment = (column: DataTableColumn | undefined): string =>
    column?.numeric === true ? ' class="number"' : '';
  const head = columns.map((column) => `<th scope="col"${alignment(column)}>${escapeHtml(column.header)}</th>`);
  const rows = options.rows.map((row) => {
    if (row.length !== columns.length)
      throw new Error(`table "${options.caption}": ${row.length} cells in a row, ${columns.length} columns`);
    const cells = row.map((cell, i) => {
      const open = i === 0 && options.rowHeaders !== false ? 'th scope="row"' : 'td';
      return `<${open}${alignment(columns[i])}>${toMarkup(cell)}</${open.slice(0, 2)}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const caption = escapeHtml(options.caption);
  // tabindex: a part that scrolls must be reachable by keyboard.
  return {
    kind: 'html',
    markup: `<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`,
  };
}
