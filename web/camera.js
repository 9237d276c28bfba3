// The camera: a live picture in a dialog. Phones, and pages that may not use the camera themselves, get the device's own
// camera by a file input with `capture`.
import { byId } from './dom.js';

/** @param {(file: File) => void} onPhoto */
export function startCamera(onPhoto) {
  const dialog = byId('camera-dialog');
  const video = byId('camera-video');
  const problem = byId('camera-problem');
  const take = byId('camera-take');
  const isPhone = matchMedia('(hover: none) and (pointer: coarse)').matches;

  byId('camera').addEventListener('click', async () => {
    if (isPhone || navigator.mediaDevices === undefined) {
      byId('capture').click();
      return;
    }
    problem.hidden = true;
    take.disabled = true;
    dialog.showModal();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      if (!dialog.open) {
        stop(stream);
        return;
      }
      video.srcObject = stream;
    } catch (error) {
      problem.textContent = cameraWords(error);
      problem.hidden = false;
    }
  });
  // Not before there is a picture to take.
  video.addEventListener('loadeddata', () => {
    take.disabled = false;
    take.focus();
  });
  take.addEventListener('click', async () => {
    const photo = await grab(video);
    dialog.close();
    if (photo !== undefined) onPhoto(photo);
  });
  byId('camera-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    stop(video.srcObject);
    video.srcObject = null;
  });
}

/** @param {MediaStream | null} stream */
function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** @param {HTMLVideoElement} video @returns {Promise<File | undefined>} */
async function grab(video) {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) =>
    canvas.toBlob(resolve, 'image/jpeg', 0.95),
  );
  return blob === null ? undefined : new File([blob], 'camera.jpg', { type: 'image/jpeg' });
}

/** @param {unknown} error */
function cameraWords(error) {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError') return 'The camera may not be used here. Allow it in the browser, or choose a photo.';
  if (name === 'NotFoundError') return 'No camera was found. Choose a photo instead.';
  return 'The camera could not be started. Another program may be using it.';
}
