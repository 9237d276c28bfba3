// What a check found, as plain data: what --json prints, and what the table and the page are made of.
import type { SplitName } from '../manifest.ts';
import type { DatasetFacts } from './dataset-facts.ts';
import { countClasses } from './findings/class-counts.ts';
import type { ClassHit, Finding, GroupHit, PhotoHit, RowHit } from './findings/finding.ts';
import { findings, type FindingId, type GateLimit, type Severity } from './findings/index.ts';
import type { CheckSettings } from './settings.ts';

/** Paths are relative to the data folder, `/` between folders. */
export interface FlaggedPhoto extends PhotoHit {
  readonly path: string;
}
export interface FlaggedGroup extends PhotoHit {
  readonly paths: readonly string[];
}

export interface FindingReport {
  readonly severity: Severity;
  readonly title: string;
  readonly explanation: string;
  readonly threshold?: number;
  /** Photos, groups or classes flagged. */
  readonly count: number;
  /** Photos flagged, those in groups included, and their share of all photos (0–1). 0 for classes. */
  readonly photoCount: number;
  readonly share: number;
  /** One of the three lists, by what the finding is about. */
  readonly photos?: readonly FlaggedPhoto[];
  readonly groups?: readonly FlaggedGroup[];
  readonly classes?: readonly ClassHit[];
}

export interface GateReport extends GateLimit {
  readonly finding: FindingId;
  /** In the gate's unit. */
  readonly value: number;
  readonly passed: boolean;
}

export interface CheckTotals {
  readonly photos: number;
  readonly bytes: number;
  /** Photos that were decoded. */
  readonly decoded: number;
  readonly classes: Readonly<Record<string, number>>;
  readonly splits: Readonly<Partial<Record<SplitName, Readonly<Record<string, number>>>>>;
  /** Files passed over, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
}

export interface CheckResult {
  readonly schemaVersion: 1;
  /** As it was given. */
  readonly directory: string;
  readonly totals: CheckTotals;
  readonly findings: Readonly<Record<FindingId, FindingReport>>;
  readonly gates: readonly GateReport[];
  /** No gate is broken. */
  readonly passed: boolean;
}

/** Hits of the findings that look at one photo at a time. */
export type PhotoHits = ReadonlyMap<string, Iterable<RowHit>>;

export interface ResultParts {
  readonly directory: string;
  readonly dataset: DatasetFacts;
  readonly photoHits: PhotoHits;
  readonly settings: CheckSettings;
  readonly totals: Pick<CheckTotals, 'bytes' | 'decoded' | 'ignored'>;
  readonly pathOf: (row: number) => string;
}

/** Lets the findings about groups and classes judge, and puts everything into words and paths. */
export function assembleResult(parts: ResultParts): CheckResult {
  const { dataset, settings } = parts;
  const reports = Object.fromEntries(findings.map((finding) => [finding.id, reportFinding(finding, parts)])) as Record<
    FindingId,
    FindingReport
  >;
  const gates = findings.flatMap(({ id }) => {
    const gate = settings.gates[id];
    return gate === undefined ? [] : [judgeGate(id, reports[id], gate)];
  });
  const [all, ...splits] = countClasses(dataset);
  const byName = (counts: readonly number[]): Record<string, number> =>
    Object.fromEntries(dataset.classNames.map((name, label) => [name, counts[label] ?? 0]));
  return {
    schemaVersion: 1,
    directory: parts.directory,
    totals: {
      photos: dataset.count,
      ...parts.totals,
      classes: byName(all?.counts ?? []),
      splits: Object.fromEntries(splits.map(({ split, counts }) => [split ?? '', byName(counts)])),
    },
    findings: reports,
    gates,
    passed: gates.every(({ passed }) => passed),
  };
}

function reportFinding(finding: Finding, parts: ResultParts): FindingReport {
  const { dataset, settings, pathOf } = parts;
  const { severity, title, explanation } = finding;
  const threshold = settings.thresholds[finding.id as FindingId];
  const head = { severity, title, explanation, ...(finding.threshold === undefined ? {} : { threshold }) };
  const counted = (count: number, photoCount: number): Pick<FindingReport, 'count' | 'photoCount' | 'share'> => ({
    count,
    photoCount,
    share: dataset.count === 0 ? 0 : photoCount / dataset.count,
  });
  const withPaths = ({ row, ...hit }: RowHit): FlaggedPhoto => ({ path: pathOf(row), ...hit });
  const groupWithPaths = ({ rows, ...hit }: GroupHit): FlaggedGroup => ({ paths: rows.map(pathOf), ...hit });
  switch (finding.shows) {
    case 'photos': {
      const photos = Array.from(parts.photoHits.get(finding.id) ?? [], withPaths);
      return { ...head, ...counted(photos.length, photos.length), photos };
    }
    case 'outliers': {
      const photos = finding.judge(dataset, threshold).map(withPaths);
      return { ...head, ...counted(photos.length, photos.length), photos };
    }
    case 'groups': {
      const groups = finding.judge(dataset, threshold).map(groupWithPaths);
      const photoCount = groups.reduce((sum, { paths }) => sum + paths.length, 0);
      return { ...head, ...counted(groups.length, photoCount), groups };
    }
    case 'classes': {
      const classes = finding.judge(dataset, threshold);
      return { ...head, ...counted(classes.length, 0), classes };
    }
  }
}

function judgeGate(finding: FindingId, report: FindingReport, gate: GateLimit): GateReport {
  const value = gate.unit === 'count' ? report.count : report.share;
  return { finding, ...gate, value, passed: value <= gate.limit };
}
