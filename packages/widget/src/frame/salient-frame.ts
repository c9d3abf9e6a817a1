/**
 * The parent's half of the iframe wrapper, optional: floats its iframe in a corner and gives it the room it asks for,
 * a launcher's or a panel's, and on a phone the whole screen.
 *
 * It takes every `<iframe data-salient>` of the page, or makes one from `data-src` of its own tag, with `data-title`.
 * `data-position` of either: `bottom-right` (default), `bottom-left`, `top-right`, `top-left`.
 */
const PHONE_QUERY = '(max-width: 480px)';
const LAUNCHER_PX = 96;
const PANEL_GAP_PX = 20;

const script = document.currentScript;
const source = script?.getAttribute('data-src');
const whenParsed = (run: () => void) =>
  document.readyState === 'loading' ? document.addEventListener('DOMContentLoaded', run) : run();

whenParsed(() => {
  if (source) document.body.append(createFrame(source));
  for (const frame of document.querySelectorAll<HTMLIFrameElement>('iframe[data-salient]')) float(frame);
});

function createFrame(src: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.title = script?.getAttribute('data-title') ?? 'Chat';
  frame.allow = 'clipboard-write';
  frame.setAttribute('data-salient', '');
  frame.setAttribute('data-position', script?.getAttribute('data-position') ?? '');
  frame.src = src;
  return frame;
}

function float(frame: HTMLIFrameElement): void {
  const { style, sandbox } = frame;
  const { origin } = new URL(frame.src, document.baseURI);
  const isOpaque = frame.hasAttribute('sandbox') && !sandbox.contains('allow-same-origin');
  const [vertical = 'bottom', side = 'right'] = (
    /^(top|bottom)-(left|right)$/.exec(frame.dataset['position'] ?? '') ?? []
  ).slice(1);
  const phone = matchMedia(PHONE_QUERY);
  let isOpen = false;
  let width = LAUNCHER_PX;
  let height = LAUNCHER_PX;

  const lay = () => {
    const isSheet = isOpen && phone.matches;
    const gap = isOpen && !isSheet ? PANEL_GAP_PX : 0;
    style.width = isSheet ? '100%' : `min(${width}px,100vw - ${2 * gap}px)`;
    style.height = isSheet ? '100%' : `min(${height}px,100vh - ${2 * gap}px)`;
    style.borderRadius = gap ? '16px' : '0';
    style.boxShadow = gap ? '0 8px 32px #0004' : 'none';
    style.setProperty(vertical, `${gap}px`);
    style.setProperty(side, `${gap}px`);
  };

  // A frame of another colour scheme than its document is painted opaque.
  style.cssText += ';position:fixed;border:0;z-index:2147483647;color-scheme:light;max-width:none;max-height:none';
  lay();
  phone.addEventListener('change', lay);
  addEventListener('message', ({ source: sender, origin: from, data }) => {
    if (sender !== frame.contentWindow || from !== (isOpaque ? 'null' : origin) || !data) return;
    if (data.type === 'salient:open') isOpen = true;
    if (data.type === 'salient:close' || data.type === 'salient:ready') isOpen = false;
    if (data.type === 'salient:resize' && data.width > 0 && data.height > 0) {
      width = +data.width;
      height = +data.height;
    }
    lay();
  });
  // It may have spoken before we listened. A sandboxed frame has no origin to write to.
  if (!isOpaque) frame.contentWindow?.postMessage({ type: 'salient:state' }, origin);
}
