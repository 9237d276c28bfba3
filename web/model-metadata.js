// What a model file says of itself: the `pawprint` entry of an ONNX file's metadata. ONNX is protobuf; of it only the
// outermost fields are walked, and entries of field 14 read.

const metadataField = 14;

/**
 * @typedef {[number, number, number]} Triple
 *
 * @typedef {object} ModelMetadata
 * @property {string} name
 * @property {string[]} classNames
 * @property {{ imageSizePx: number, fit: 'stretch' | 'crop' | 'pad', filter: 'bilinear' | 'box', mean: Triple, std: Triple }} preprocessing
 * @property {number} temperature
 * @property {{ threshold: number } | null} [abstention]
 * @property {{ threshold: number }} [familiarity]
 * @property {{ image: string, logits: number[], tolerance: number }} [knownAnswer] a JPEG in base64 and what is made of it
 */

/**
 * @param {Uint8Array} bytes the file
 * @returns {ModelMetadata}
 */
export function readModelMetadata(bytes) {
  for (const [field, entry] of fieldsOf(bytes)) {
    if (field !== metadataField) continue;
    const parts = new Map(fieldsOf(entry));
    const text = (/** @type {number} */ number) => new TextDecoder().decode(parts.get(number));
    if (text(1) === 'pawprint') return JSON.parse(text(2));
  }
  throw new Error('the model file does not say what it is');
}

/**
 * The length-delimited fields of a protobuf message.
 * @param {Uint8Array} bytes
 * @returns {Generator<[number, Uint8Array]>}
 */
function* fieldsOf(bytes) {
  let at = 0;
  const varint = () => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const kind = tag % 8;
    if (kind === 0) varint();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else if (kind === 2) {
      const length = varint();
      yield [Math.floor(tag / 8), bytes.subarray(at, at + length)];
      at += length;
    } else throw new Error('the model file is damaged');
  }
}
