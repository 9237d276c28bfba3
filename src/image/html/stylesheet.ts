// The one stylesheet of Pawprint's report pages: light and dark, from 320 px up, readable in print. The page's
// content security policy allows it by its hash, so markup can carry no style of its own.
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --surface: #ffffff; --ink: #1d2530; --muted: #5a6675; --line: #dcdfe4;
  --accent: #0b5cad; --good: #0a6b4f; --good-ground: #e3f4ec; --bad: #a8321a; --bad-ground: #fcebe5;
  --warn: #7a5200; --warn-ground: #fdf3d8; --stripe: #f5f5f2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181e; --surface: #1c222b; --ink: #e8ebef; --muted: #a3afbd; --line: #343d49;
    --accent: #7db8f5; --good: #6fd3ad; --good-ground: #17352b; --bad: #ff9d84; --bad-ground: #43211a;
    --warn: #f1c661; --warn-ground: #3b2f12; --stripe: #212833;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
main, header.page, footer.page { max-width: 72rem; margin: 0 auto; padding: 0 clamp(0.9rem, 3vw, 2rem); }
header.page { padding-top: 2rem; padding-bottom: 0.5rem; }
footer.page { padding-top: 1.5rem; padding-bottom: 3rem; color: var(--muted); font-size: 0.875rem; }
h1 { font-size: clamp(1.5rem, 5vw, 2.1rem); line-height: 1.2; margin: 0 0 0.4rem; letter-spacing: -0.01em; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.2rem 0 0.7rem; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 0.5rem; }
p { margin: 0.5rem 0; max-width: 68ch; }
.lead { color: var(--muted); font-size: 1.05rem; }
a { color: var(--accent); }
code { font: 0.9em ui-monospace, "SF Mono", Consolas, monospace; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--surface); padding: 0.5rem 1rem; z-index: 1; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9.5rem, 100%), 1fr)); gap: 0.75rem; margin: 1.2rem 0; padding: 0; }
.facts > div { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 0.7rem 0.9rem; }
.facts dt { color: var(--muted); font-size: 0.85rem; }
.facts dd { margin: 0; font-size: 1.45rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3; }
.facts .note { display: block; font-size: 0.8rem; font-weight: 400; color: var(--muted); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); margin: 0.8rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.94rem; }
caption { text-align: left; padding: 0.6rem 0.9rem; color: var(--muted); font-size: 0.875rem; }
th, td { padding: 0.45rem 0.9rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: normal; }
thead th { border-top: 0; font-size: 0.85rem; color: var(--muted); font-weight: 600; white-space: nowrap; }
caption + thead th { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody tr:nth-child(even) { background: var(--stripe); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.badge { display: inline-block; padding: 0.05rem 0.55rem; border-radius: 99px; font-size: 0.8rem; font-weight: 600; border: 1px solid currentColor; white-space: nowrap; }
.good { color: var(--good); background: var(--good-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.warn { color: var(--warn); background: var(--warn-ground); }
.neutral { color: var(--muted); background: transparent; }
details { border: 1px solid var(--line); border-radius: 10px; background: var(--surface); margin: 0.7rem 0; }
summary { padding: 0.65rem 0.9rem; cursor: pointer; font-weight: 600; }
summary .count { color: var(--muted); font-weight: 400; }
details[open] > summary { border-bottom: 1px solid var(--line); }
details > .inside { padding: 0.4rem 0.9rem 0.9rem; }
.pictures { list-style: none; margin: 0.8rem 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(8.5rem, 45%), 1fr)); gap: 0.75rem; }
.pictures li { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; display: flex; flex-direction: column; }
.pictures img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--stripe); }
.pictures .caption { padding: 0.4rem 0.6rem 0.5rem; font-size: 0.82rem; line-height: 1.35; }
.pictures .caption .detail { display: block; color: var(--muted); }
.pictures li.framed-good { border-top: 4px solid var(--good); }
.pictures li.framed-bad { border-top: 4px solid var(--bad); }
.pictures li.framed-warn { border-top: 4px solid var(--warn); }
figure { margin: 1rem 0; }
figure img { display: block; max-width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 10px; }
figcaption { color: var(--muted); font-size: 0.875rem; margin-top: 0.35rem; max-width: 68ch; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 1.2rem; align-items: start; }
@media print {
  body { background: #ffffff; color: #000000; }
  details, .pictures li, figure { break-inside: avoid; }
}
`;
