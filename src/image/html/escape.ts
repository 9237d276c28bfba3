// Markup that is safe by construction: text put into html`…` is escaped, only values of type Html go in as they are.

/** A piece of finished markup. Made by html`…` and the components beside this file. */
export interface Html {
  readonly kind: 'html';
  readonly markup: string;
}

type Piece = string | number | Html;

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for use between tags and inside quoted attributes. Control characters that HTML forbids become U+FFFD. */
export function escapeHtml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => replacements[character] ?? character)
      // File names can hold any byte; these would make the page invalid or cut it short.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
  );
}

/** Markup written by Pawprint itself, taken as it is. Never for text that came from outside. */
export function trustedHtml(markup: string): Html {
  return { kind: 'html', markup };
}

/** The markup of a piece: text and numbers escaped, Html as it is. */
export function toMarkup(piece: Piece): string {
  return typeof piece === 'object' ? piece.markup : escapeHtml(String(piece));
}

/** Template tag: html`<p>${text}</p>`. Text and numbers are escaped, Html goes in as it is, lists are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly (Piece | readonly Piece[])[]): Html {
  let markup = strings[0] ?? '';
  values.forEach((value, i) => {
    markup += isList(value) ? value.map(toMarkup).join('') : toMarkup(value);
    markup += strings[i + 1] ?? '';
  });
  return trustedHtml(markup);
}

// Array.isArray does not narrow readonly arrays.
function isList(value: Piece | readonly Piece[]): value is readonly Piece[] {
  return Array.isArray(value);
}
