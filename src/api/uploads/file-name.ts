// What a client called a file, as far as it can be handed on to tables, logs and terminals.

/** Characters without a shape, those that turn the direction of writing, and separators of lines. */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const maxLength = 255;

/** Without control characters, at most 255 UTF-16 units long. Never a path: the form's parser keeps the last name only. */
export function fileName(given: string | undefined): string {
  const shown = (given ?? '').toWellFormed().replace(unprintable, '\ufffd');
  // Not half of a character: the cut may fall between two surrogates.
  return shown.length <= maxLength ? shown : shown.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '');
}
