// Numbers and names as people read them.

/**
 * `97.3 %`; never rounds to a certainty that is not there.
 * @param {number} share in [0, 1]
 */
export function percent(share) {
  if (share < 1 && share >= 0.9995) return '>\u00a099.9\u00a0%';
  if (share > 0 && share < 0.0005) return '<\u00a00.1\u00a0%';
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
  if (milliseconds >= 10_000) return `${Math.round(milliseconds / 1000)}\u00a0s`;
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)}\u00a0s`;
  return milliseconds >= 10 ? `${Math.round(milliseconds)}\u00a0ms` : `${milliseconds.toFixed(1)}\u00a0ms`;
}

/** @param {number} seconds */
export function uptime(seconds) {
  if (seconds < 120) return `${Math.round(seconds)}\u00a0s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}\u00a0min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)}\u00a0h`;
  return `${Math.round(seconds / 86_400)}\u00a0days`;
}

/** @param {number} value */
export function count(value) {
  return value.toLocaleString('en-GB').replaceAll(',', '\u202f');
}

/**
 * `cats or dogs`, `red, green or blue`.
 * @param {readonly string[]} names
 * @param {string} word
 */
export function listed(names, word) {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}

/**
 * What the model says in one word: its label, or that it is unsure, or that it is none of its classes.
 * @param {{ readonly answer: string }} answer
 * @param {readonly string[]} classNames
 */
export function statedWord({ answer }, classNames) {
  if (classNames.includes(answer)) return answer;
  if (answer === 'neither') return classNames.length === 2 ? 'Neither' : 'None of these';
  return answer === 'unsure' ? 'Unsure' : answer;
}
