// Before the first paint: the colours that were chosen last time. A plain script, for a module would run too late.
try {
  const chosen = localStorage.getItem('pawprint.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the page then follows the system.
}
