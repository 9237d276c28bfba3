// The check as one page: what was found, the gates, and the pictures of each finding; duplicates side by side.
import { join, relative, sep } from 'node:path';
import {
  badge,
  dataTable,
  detailsSection,
  factList,
  html,
  htmlPage,
  pictureGrid,
  section,
  type GridPicture,
  type Html,
} from '../../image/index.ts';
import type { CheckResult, FindingReport, FlaggedGroup, FlaggedPhoto, GateReport } from './check-result.ts';
import { describeTotals, formatCount, formatGate, formatScore, formatShare } from './check-words.ts';
import { findings, type Finding, type FindingId, type Severity } from './findings/index.ts';
import { shownGroups, shownOfGroup, shownPhotos } from './shown-pictures.ts';

/** `data:` URIs by path; a photo that cannot be decoded has none. */
export type Thumbnails = ReadonlyMap<string, string>;

export interface CheckPageOptions {
  readonly thumbnails: Thumbnails;
  readonly footer: string;
  /** The data folder and the folder of the page, absolute: photos are linked from one to the other. */
  readonly directory: string;
  readonly pageDirectory: string;
}

const tones = { error: 'bad', warning: 'warn', info: 'neutral' } as const satisfies Record<Severity, string>;

/** Stands where a file has no picture to show: a cross in a frame. */
const noPicture = `data:image/svg+xml;base64,${Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect x="8" y="8" width="48" height="48" fill="none" stroke="#a8321a" stroke-width="2"/><path d="M20 20 44 44M44 20 20 44" stroke="#a8321a" stroke-width="3"/></svg>',
).toString('base64')}`;

/** The page as one HTML document. */
export function checkPage(result: CheckResult, options: CheckPageOptions): string {
  const found = Object.entries(result.findings).filter(([, { count }]) => count > 0);
  const broken = result.gates.filter(({ passed }) => !passed);
  const body: Html[] = [
    factList([
      { name: 'photos', value: formatCount(result.totals.photos), note: describeTotals(result.totals) },
      { name: 'findings', value: found.length, note: `of ${Object.keys(result.findings).length} looked for` },
      {
        name: 'gates',
        value: broken.length === 0 ? badge('all passed', 'good') : badge(`${broken.length} broken`, 'bad'),
        note: `${result.gates.length} gates`,
      },
    ]),
    section('Findings', findingTable(result)),
    ...(found.length === 0 ? [] : [html`<h2>What was found</h2>`]),
    ...found.map(([id, report]) => findingSection(id as FindingId, report, options)),
  ];
  return htmlPage({
    title: `Data check: ${result.directory}`,
    lead: broken.length === 0 ? 'No gate is broken.' : `Broken: ${broken.map(({ finding }) => finding).join(', ')}.`,
    body,
    footer: options.footer,
  });
}

function findingTable({ findings, gates }: CheckResult): Html {
  const gateOf = (id: string): GateReport | undefined => gates.find(({ finding }) => finding === id);
  return dataTable({
    caption: 'Everything that was looked for',
    columns: [
      'finding',
      'severity',
      { header: 'found', numeric: true },
      { header: 'of photos', numeric: true },
      'gate',
    ],
    rows: Object.entries(findings).map(([id, report]) => {
      const gate = gateOf(id);
      return [
        report.count === 0 ? report.title : html`<a href="#${id}">${report.title}</a>`,
        report.count === 0 ? badge('none', 'good') : badge(report.severity, tones[report.severity]),
        formatCount(report.count),
        report.photoCount === 0 ? '' : formatShare(report.share),
        gate === undefined ? '' : badge(formatGate(gate), gate.passed ? 'good' : 'bad'),
      ];
    }),
  });
}

function findingSection(id: FindingId, report: FindingReport, options: CheckPageOptions): Html {
  const all: readonly Finding[] = findings;
  const meaning = all.find((finding) => finding.id === id)?.threshold?.meaning;
  const threshold = report.threshold === undefined ? '' : `Threshold ${report.threshold}: ${meaning ?? ''}.`;
  return detailsSection({
    heading: report.title,
    id,
    count: countWords(report),
    open: report.severity !== 'info',
    content: [
      html`<p>${report.explanation}</p>`,
      ...(threshold === '' ? [] : [html`<p>${threshold}</p>`]),
      ...photoContent(report.photos ?? [], options),
      ...groupContent(report.groups ?? [], options),
      ...classContent(report),
    ],
  });
}

function countWords({ count, photoCount, photos, groups }: FindingReport): string {
  if (photos !== undefined) return `${formatCount(count)} photo${count === 1 ? '' : 's'}`;
  if (groups !== undefined)
    return `${formatCount(count)} group${count === 1 ? '' : 's'}, ${formatCount(photoCount)} photos`;
  return `${count} time${count === 1 ? '' : 's'}`;
}

function photoContent(photos: readonly FlaggedPhoto[], options: CheckPageOptions): Html[] {
  if (photos.length === 0) return [];
  const shown = photos.slice(0, shownPhotos).map((photo) => picture(photo.path, options, photo));
  return [pictureGrid(shown), ...andMore(photos.length - shown.length)];
}

function groupContent(groups: readonly FlaggedGroup[], options: CheckPageOptions): Html[] {
  const shown = groups.slice(0, shownGroups).flatMap((group) => {
    const paths = shownOfGroup(group);
    const similarity = group.score === undefined ? '' : `similarity ${formatScore(group.score)}`;
    const words = [`${group.paths.length} photos`, group.detail, similarity];
    return [
      html`<h3>${words.filter((word) => word !== undefined && word !== '').join(', ')}</h3>`,
      pictureGrid(paths.map((path) => picture(path, options))),
      ...andMore(group.paths.length - paths.length),
    ];
  });
  return [...shown, ...andMore(groups.length - Math.min(groups.length, shownGroups), 'groups')];
}

function classContent({ classes }: FindingReport): Html[] {
  if (classes === undefined) return [];
  const items = classes.map(({ className, detail }) => html`<li>${className}: ${detail}</li>`);
  return [
    html`<ul>
      ${items}
    </ul>`,
  ];
}

function andMore(count: number, of = 'photos'): Html[] {
  return count > 0 ? [html`<p>… and ${formatCount(count)} more ${of} (--json lists them all).</p>`] : [];
}

function picture(path: string, options: CheckPageOptions, hit?: FlaggedPhoto): GridPicture {
  const absolute = join(options.directory, ...path.split('/'));
  const details = [formatScore(hit?.score), hit?.detail ?? ''].filter((word) => word !== '');
  return {
    source: options.thumbnails.get(path) ?? noPicture,
    caption: path,
    ...(details.length === 0 ? {} : { details }),
    opens: relative(options.pageDirectory, absolute).split(sep).join('/'),
  };
}
