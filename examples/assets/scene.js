/**
 * Runs on the studio's sample pages before the widget does: what the studio asks for is in the hash, and goes where a
 * script tag without attributes looks.
 */
import { parseState, widgetOptions } from './studio-state.js';

const { state } = parseState(window.location.hash);
const options = widgetOptions(state);
const place = document.querySelector('#chat');

// The sample page follows the theme that was chosen for the chat.
if (state.theme) document.documentElement.dataset.theme = state.theme;
if (state.locale) document.documentElement.lang = state.locale;

place.hidden = state.mode !== 'inline';
if (state.mode === 'inline') {
  options.target = '#chat';
  place.scrollIntoView({ block: 'center', behavior: 'instant' });
}

// oxlint-disable-next-line no-underscore-dangle -- the widget's public name for it
window.__SALIENT_WIDGET_CONFIG = options;
