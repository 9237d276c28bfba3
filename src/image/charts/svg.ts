// SVG as text: elements with presentation attributes only, so that a page's content security policy need not allow styles.
import { escapeHtml } from '../html/index.ts';

/** A number as charts write it: two decimals are finer than any screen. */
export function formatCoordinate(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element. Attributes are escaped and left out when undefined; `content` is finished markup. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const pairs = Object.entries(attributes)
    .filter((pair): pair is [string, string | number] => pair[1] !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? formatCoordinate(value) : escapeHtml(value)}"`);
  return content === '' ? `<${name}${pairs.join('')}/>` : `<${name}${pairs.join('')}>${content}</${name}>`;
}
