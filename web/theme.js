// The switch between the system's colours, light and dark. theme-early.js applies the choice on the next visit.
import { recall, remember } from './remembered.js';

/** @param {HTMLElement} fieldset with one radio button a choice */
export function startTheme(fieldset) {
  const chosen = recall('theme') ?? 'auto';
  for (const input of fieldset.querySelectorAll('input')) {
    input.checked = input.value === chosen;
    input.addEventListener('change', () => {
      if (input.checked) apply(input.value);
    });
  }
}

/** @param {string} theme */
function apply(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  remember('theme', theme);
}
