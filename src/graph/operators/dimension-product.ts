// Products of dimensions of which some are only names: 49·N is written '49*N'. Reshape and Flatten join and part axes.
import type { Dimension, Shape } from '../types.ts';

interface Product {
  readonly factor: number;
  readonly names: readonly string[];
}

function productOf(shape: Shape): Product {
  let factor = 1;
  const names: string[] = [];
  for (const dimension of shape)
    for (const part of typeof dimension === 'number' ? [dimension] : dimension.split('*'))
      if (typeof part === 'string' && !/^\d+$/.test(part)) names.push(part);
      else factor *= Number(part);
  return { factor, names: names.sort() };
}

function written({ factor, names }: Product): Dimension {
  if (names.length === 0) return factor;
  return factor === 1 ? names.join('*') : [factor, ...names].join('*');
}

/** All dimensions multiplied: a number, or a product of a number and names. */
export function dimensionProduct(shape: Shape): Dimension {
  return written(productOf(shape));
}

/** The product of `whole` divided by the product of `part`; undefined when it does not divide. */
export function dimensionQuotient(whole: Shape, part: Shape): Dimension | undefined {
  const [all, taken] = [productOf(whole), productOf(part)];
  const names = [...all.names];
  for (const name of taken.names) {
    const at = names.indexOf(name);
    if (at < 0) return undefined;
    names.splice(at, 1);
  }
  const factor = all.factor / taken.factor;
  return Number.isInteger(factor) ? written({ factor, names }) : undefined;
}
