// Answers as CSV (RFC 4180) that a spreadsheet cannot mistake for formulas.

/**
 * A field. Text that a spreadsheet would run (a sign, an at, a tab or a line end in front) gets an apostrophe.
 * @param {string | number} value
 */
export function csvField(value) {
  const text = typeof value === 'number' ? String(value) : /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * @typedef {object} CsvRow
 * @property {string} file
 * @property {import('./answer.js').Answer} [answer]
 * @property {string} [problem]
 */

/**
 * @param {readonly CsvRow[]} rows
 * @param {readonly string[]} classNames one column each
 */
export function toCsv(rows, classNames) {
  const head = ['file', 'label', 'confidence', ...classNames, 'answer', 'why', 'error'];
  const lines = rows.map(({ file, answer, problem }) =>
    answer === undefined
      ? [file, '', '', ...classNames.map(() => ''), '', '', problem ?? '']
      : [
          file,
          answer.label,
          answer.confidence,
          ...classNames.map((name) => answer.probabilities[name] ?? 0),
          answer.answer,
          answer.why ?? '',
          '',
        ],
  );
  return [head, ...lines].map((fields) => `${fields.map(csvField).join(',')}\r\n`).join('');
}

/**
 * @param {string} text
 * @param {string} name
 */
export function download(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
