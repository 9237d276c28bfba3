// What a legend says about an explanation.
import { formatPercent } from '../prediction-lines.ts';
import type { ExplanationMethod } from './feature-map.ts';

interface Explained {
  readonly prediction: { readonly label: string; readonly probabilities: Readonly<Record<string, number>> };
  readonly labelIndex: number;
  readonly method: ExplanationMethod;
}

const methodNames: Readonly<Record<ExplanationMethod, string>> = {
  cam: 'class activation map',
  'grad-cam': 'Grad-CAM',
  'pixel-contribution': 'contribution of each pixel',
};

/** `cats 97.31 %`: the class that was asked for, as sure as the model is of it. */
export function explanationTitle({ prediction, labelIndex }: Explained, classNames: readonly string[]): string {
  const name = classNames[labelIndex] ?? '';
  return `${name}  ${formatPercent(prediction.probabilities[name] ?? 0).trim()}`;
}

/** Names the method, and the model's own answer where another class was asked for. */
export function explanationDetail(explained: Explained, classNames: readonly string[]): string {
  const { prediction, labelIndex, method } = explained;
  const name = classNames[labelIndex] ?? '';
  const asked = `evidence for ${name}, ${methodNames[method]}`;
  return prediction.label === name ? asked : `${asked}; the answer is ${prediction.label}`;
}
