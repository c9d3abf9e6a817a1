/** The studio: one state, shown in a form, a preview, the code and the address. */
import { fillAgents, showAgent } from './studio-agents.js';
import { enableCode, showCode } from './studio-code.js';
import { readForm, writeForm } from './studio-form.js';
import { showPictureHosts } from './studio-pictures.js';
import { createPreview } from './studio-preview.js';
import { enableScreenshots } from './studio-screenshot.js';
import { parseState, serializeState, startState } from './studio-state.js';

/** Somebody who types the name of an account has not finished before this. */
const TYPING_MS = 350;

const form = document.querySelector('#settings');
const notice = document.querySelector('#notice');
const screenshots = enableScreenshots(() => {
  preview.drawScreenshot();
  change({ ...state, scene: 'screenshot' });
});
const preview = createPreview(screenshots);
let state = startState();
/** @type {number | undefined} */
let typing;

form.addEventListener('input', () => change(readForm(form, state)));
form.addEventListener('reset', (event) => {
  event.preventDefault();
  void open(startState());
});
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('click', ({ target }) => {
  const swatch = target.closest('[data-accent]');
  if (swatch) change({ ...state, accent: swatch.dataset.accent });
});
// The choices above the preview belong to the form without being inside it.
document.querySelector('.stage-tools').addEventListener('input', () => change(readForm(form, state)));
window.addEventListener('hashchange', openLink);

enableCode(() => showCode(state));
openLink();

function openLink() {
  const { state: linked, refused } = parseState(window.location.hash);
  if (preview.isShown() && refused.length === 0 && serializeState(linked) === serializeState(state)) return;
  const problem = refused.length > 0 ? `The link asks for what there is not: ${refused.join(', ')}. ` : '';
  void open(linked, problem);
}

/** Shows a whole state: at the start, from a link, or after "Start over". */
async function open(wished, problem = '') {
  const known = await fillAgents(form, wished);
  say(problem + known.problem);
  state = { ...wished, agent: known.agent ?? wished.agent };
  show();
  await describeAgent();
}

function change(next) {
  clearTimeout(typing);
  if (next.account !== state.account) {
    typing = setTimeout(() => void changeAccount(next.account), TYPING_MS);
    return;
  }
  if (serializeState(next) === serializeState(state)) return;
  const isOtherAgent = next.agent !== state.agent;
  state = next;
  show();
  if (isOtherAgent) void describeAgent();
}

/** An account counts once the server knows it; until then the design stays with the last one. */
async function changeAccount(account) {
  const { agent, problem } = await fillAgents(form, { account, agent: null });
  if (form.elements.account.value !== account) return;
  say(agent === null ? problem : '');
  if (agent === null) return;
  state = { ...state, account, agent };
  show();
  await describeAgent();
}

function show() {
  writeForm(form, state);
  const query = serializeState(state);
  // Replaced, not pushed: "back" leaves the studio instead of walking through every letter typed.
  window.history.replaceState(null, '', query ? `#${query}` : window.location.pathname);
  document.querySelector('#share-link').textContent = window.location.href;
  preview.show(state);
  showCode(state);
  showPictureHosts(form, state);
}

async function describeAgent() {
  await showAgent(form, state);
  showPictureHosts(form, state);
}

function say(text) {
  notice.textContent = text.trim();
  notice.hidden = text.trim() === '';
}
