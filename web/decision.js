// From logits to what the model says, by the numbers that its file carries.
import { percent } from './words.js';

/**
 * Two classes may share one logit, which is for the second; otherwise there is one logit a class.
 * @param {ArrayLike<number>} logits
 * @param {number} temperature
 * @returns {number[]} one probability a class, together 1
 */
export function probabilitiesOf(logits, temperature) {
  const scaled = Array.from(logits, (logit) => logit / temperature);
  const all = scaled.length === 1 ? [0, scaled[0] ?? 0] : scaled;
  const largest = Math.max(...all);
  const powers = all.map((each) => Math.exp(each - largest));
  const sum = powers.reduce((total, each) => total + each, 0);
  return powers.map((each) => each / sum);
}

/**
 * @param {object} seen
 * @param {import('./model-metadata.js').ModelMetadata} seen.metadata
 * @param {readonly number[]} seen.shares
 * @param {number | undefined} seen.familiarity
 */
export function decide({ metadata, shares, familiarity }) {
  const { classNames, abstention } = metadata;
  const confidence = Math.max(...shares);
  const label = classNames[shares.indexOf(confidence)] ?? '';
  const stated = { label, confidence };
  // A photo of something else is no question of confidence, so familiarity is asked first.
  if (metadata.familiarity !== undefined && familiarity !== undefined && familiarity < metadata.familiarity.threshold)
    return { ...stated, answer: 'neither', why: 'the photo is unlike those that the model was trained on' };
  if (abstention && confidence < abstention.threshold) {
    const [sure, from] = [percent(confidence), percent(abstention.threshold)];
    return { ...stated, answer: 'unsure', why: `the model is ${sure} sure, and answers from ${from} on` };
  }
  return { ...stated, answer: label, why: null };
}
