/** Shows the tag of the page, and what the page gets to hear from each of the two chats. */
import { tagSnippet } from './snippets.js';

// oxlint-disable-next-line no-underscore-dangle -- the widget's public name for it
const { account, agent, theme } = window.__SALIENT_WIDGET_CONFIG;
const frame = document.querySelector('#compared-frame');

document.querySelector('#tag').textContent = tagSnippet(window.location.origin, {
  account,
  agent,
  mode: 'inline',
  target: '#chat',
  title: 'In a shadow root',
  ...(theme !== 'auto' && { theme }),
});

for (const name of ['ready', 'message:sent', 'stream:start', 'stream:end', 'message:received', 'error']) {
  window.addEventListener(`salient:${name}`, () => show('tag', `salient:${name}, an event of the window`));
}
const isSandboxed = !('credentialless' in HTMLIFrameElement.prototype);
const frameOrigin = isSandboxed ? 'null' : new URL(frame.src).origin;

window.addEventListener('message', ({ origin, source, data }) => {
  if (source !== frame.contentWindow || origin !== frameOrigin) return;
  if (String(data?.type).startsWith('salient:')) show('frame', `${data.type}, a message of the frame`);
});

if (isSandboxed) {
  setApart();
} else {
  // The frame may have spoken before this page listened: it says again what it has said.
  frame.contentWindow.postMessage({ type: 'salient:state' }, frameOrigin);
}

/**
 * For browsers that do not know `credentialless`: there a frame of the page's own host would share its cookie, and the
 * two would be one visitor with one conversation. Without an origin it has no cookie, and knows its parent by the referrer.
 */
function setApart() {
  frame.sandbox = 'allow-scripts allow-forms allow-popups';
  frame.referrerPolicy = 'origin';
  const { src } = frame;
  frame.src = src;
  document.querySelector('#frame-visitor').textContent =
    'A visitor of its own, without a cookie: the frame is sandboxed';
}

function show(side, text) {
  document.querySelector(`[data-heard="${side}"]`).textContent = text;
}
