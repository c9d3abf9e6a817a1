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
window.addEventListener('message', ({ origin, source, data }) => {
  if (source !== frame.contentWindow || origin !== new URL(frame.src).origin) return;
  if (String(data?.type).startsWith('salient:')) show('frame', `${data.type}, a message of the frame`);
});

// The frame may have spoken before this page listened: it says again what it has said.
frame.contentWindow.postMessage({ type: 'salient:state' }, new URL(frame.src).origin);

// Without it a frame of the same host shares the cookie, and the two are one visitor with one conversation.
if (!('credentialless' in HTMLIFrameElement.prototype)) {
  document.querySelector('#frame-visitor').textContent = 'The same visitor: this browser does not know credentialless';
}

function show(side, text) {
  document.querySelector(`[data-heard="${side}"]`).textContent = text;
}
