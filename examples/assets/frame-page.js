/** A page around frames: which agent they show, and the code that makes them. */
import { enableAgentChooser } from './agent-chooser.js';
import { iframeSnippet } from './snippets.js';

// oxlint-disable-next-line no-underscore-dangle -- the widget's public name for it
const { account, agent, theme } = window.__SALIENT_WIDGET_CONFIG;

for (const frame of document.querySelectorAll('iframe[data-frame-path]')) {
  const address = new URL(frame.dataset.framePath, window.location.origin);
  const { frameMode: mode } = frame.dataset;
  address.search = new URLSearchParams({ account, agent, ...(mode && { mode }) });
  if (frame.src !== address.href) frame.src = address;
  const code = document.querySelector(`#${frame.id}-snippet`);
  if (code) code.textContent = iframeSnippet(address.href);
}

await enableAgentChooser({ account, agent }, (chosen) => {
  window.location.search = new URLSearchParams({ ...chosen, ...(theme !== 'auto' && { theme }) });
});
