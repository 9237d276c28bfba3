// The photo on the stage, or the same with a heat map.
import { byId } from './dom.js';

/** @type {{ address: string | undefined }} */
const shown = { address: undefined };

/**
 * @param {Blob} photo
 * @param {string} name
 */
export function showPicture(photo, name) {
  if (shown.address !== undefined) URL.revokeObjectURL(shown.address);
  shown.address = URL.createObjectURL(photo);
  const image = byId('picture-image');
  image.onerror = () => {
    image.hidden = true;
    byId('picture-caption').textContent = `${name}: this browser cannot show it`;
  };
  image.hidden = false;
  image.src = shown.address;
  image.alt = `The photo ${name}`;
  byId('picture-caption').textContent = name;
  byId('invitation').hidden = true;
  byId('picture').hidden = false;
  byId('stage').classList.add('full');
  showHeat(undefined);
}

/** @param {{ label: string, image: string } | undefined} explanation */
export function showHeat(explanation) {
  const heat = byId('heat-image');
  heat.hidden = explanation === undefined;
  // It is the photo once more, with the heat on it.
  byId('picture').classList.toggle('heated', explanation !== undefined);
  if (explanation === undefined) {
    heat.removeAttribute('src');
    heat.alt = '';
    return;
  }
  heat.src = explanation.image;
  heat.alt = `The photo with a heat map: where the evidence for ${explanation.label} lies`;
}
