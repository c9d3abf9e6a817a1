/** A picture of somebody's page, to try the chat on. It is drawn here and sent nowhere. */

const MAX_WIDTH_PX = 2560;
/** What browsers can draw in one canvas, with room to spare. */
const MAX_AREA_PX = 30_000_000;

/** @param {() => void} taken called when there is a new picture */
export function enableScreenshots(taken) {
  /** @type {ImageBitmap | null} */
  let picture = null;
  const drop = document.querySelector('#drop');
  const message = drop.querySelector('p');
  const input = document.querySelector('#screenshot');

  input.addEventListener('change', () => void take(input.files[0]));
  watch(window);

  async function take(file) {
    if (!file) return;
    try {
      picture = await readPicture(file);
      taken();
    } catch {
      message.textContent = `${file.name} is no picture that this browser can read. Try a PNG, JPEG or WebP.`;
      drop.hidden = false;
    }
  }

  /** Takes what is dropped on or pasted into a window: a frame does not pass it on to the page around it. */
  function watch(page) {
    page.addEventListener('dragover', (event) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    });
    page.addEventListener('drop', (event) => {
      const [file] = event.dataTransfer?.files ?? [];
      if (!file) return;
      event.preventDefault();
      void take(file);
    });
    page.addEventListener('paste', ({ clipboardData }) => {
      const file = [...(clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
      void take(file);
    });
  }

  return {
    has: () => picture !== null,
    watch,
    /** Draws the picture on the sample page made for it. */
    show(page) {
      const canvas = page.document.querySelector('canvas');
      if (!picture || !canvas) return;
      canvas.width = picture.width;
      canvas.height = picture.height;
      canvas.getContext('2d').drawImage(picture, 0, 0);
    },
  };
}

async function readPicture(file) {
  const whole = await createImageBitmap(file);
  const scale = Math.min(1, MAX_WIDTH_PX / whole.width, Math.sqrt(MAX_AREA_PX / (whole.width * whole.height)));
  if (scale === 1) return whole;
  const smaller = await createImageBitmap(whole, {
    resizeWidth: Math.round(whole.width * scale),
    resizeHeight: Math.round(whole.height * scale),
    resizeQuality: 'high',
  });
  whole.close();
  return smaller;
}
