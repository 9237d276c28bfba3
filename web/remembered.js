// Small choices that outlive the visit. Where storage is forbidden they last as long as the page.

/** @param {string} name */
export function recall(name) {
  try {
    return localStorage.getItem(`pawprint.${name}`);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(`pawprint.${name}`, value);
  } catch {
    // Nothing depends on it.
  }
}
