// Reading Prometheus' text format: the samples of a scrape, and their sums.

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const samplePattern = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?$/;
const labelPattern = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

/** Every sample of a scrape; null when a line is none, a comment or empty. */
export function parsePrometheusText(text: string): Sample[] | null {
  const samples: Sample[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labelText = '', valueText = ''] = samplePattern.exec(line) ?? [];
    const labels = parseLabels(labelText);
    const value = parseValue(valueText);
    if (name === undefined || labels === null || value === null) return null;
    samples.push({ name, labels, value });
  }
  return samples;
}

function parseLabels(text: string): Record<string, string> | null {
  const labels: Record<string, string> = {};
  let read = 0;
  for (const [whole, key = '', value = ''] of text.trim().matchAll(labelPattern)) {
    labels[key] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    read += whole.length;
  }
  return read === text.trim().length ? labels : null;
}

/** Numbers as Prometheus takes them: NaN and infinity in any case. */
function parseValue(text: string): number | null {
  if (/^nan$/i.test(text)) return NaN;
  const [, sign] = /^([+-]?)inf(inity)?$/i.exec(text) ?? [];
  if (sign !== undefined) return sign === '-' ? -Infinity : Infinity;
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? null : value;
}

/** The sum over the samples of `name` whose labels `counts`; 0 when there is none. */
export function sumSamples(
  samples: readonly Sample[],
  name: string,
  counts: (labels: Sample['labels']) => boolean,
): number {
  return samples
    .filter((sample) => sample.name === name && counts(sample.labels))
    .reduce((sum, { value }) => sum + value, 0);
}
