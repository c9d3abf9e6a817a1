/** The studio: one state, shown in a form, a preview, the code and the address. */
import { fillAgents, showAgent } from './studio-agents.js';
import { enableCode, showCode } from './studio-code.js';
import { readForm, writeForm } from './studio-form.js';
import { createPreview } from './studio-preview.js';
import { enableScreenshots } from './studio-screenshot.js';
import { parseState, serializeState, startState } from './studio-state.js';

const form = document.querySelector('#settings');
const notice = document.querySelector('#notice');
const screenshots = enableScreenshots(() => {
  preview.drawScreenshot();
  void change({ ...state, scene: 'screenshot' });
});
const preview = createPreview(screenshots);
/** @type {Record<string, string>} */
let state = startState();

form.addEventListener('input', () => void change(readForm(form, state)));
form.addEventListener('change', () => void change(readForm(form, state)));
form.addEventListener('reset', (event) => {
  event.preventDefault();
  void open(startState());
});
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('click', ({ target }) => {
  // What is chosen once more goes back to the agent's own.
  const swatch = target.closest('[data-accent]');
  if (swatch) void change({ ...state, accent: state.accent === swatch.dataset.accent ? '' : swatch.dataset.accent });
  const { name, value } = target;
  if (['position', 'theme'].includes(name) && state[name] === value) void change({ ...state, [name]: '' });
});
window.addEventListener('hashchange', openLink);

enableCode(() => showCode(state));
openLink();

function openLink() {
  const { state: linked, refused } = parseState(window.location.hash);
  if (serializeState(linked) === serializeState(state) && refused.length === 0 && preview.isShown()) return;
  say(refused.length > 0 ? `The link asked for what there is not: ${refused.join(', ')}. The rest is as it says.` : '');
  void open(linked);
}

/** Shows a whole state: at the start, from a link, or after "Start over". */
async function open(next) {
  state = next;
  show();
  const problem = await fillAgents(form, state);
  if (problem) say(problem);
}

async function change(next) {
  const isOtherAccount = next.account !== state.account;
  const isOtherAgent = isOtherAccount || next.agent !== state.agent;
  if (serializeState(next) === serializeState(state)) return;
  state = next;
  if (isOtherAccount) {
    const problem = await fillAgents(form, state);
    say(problem ?? '');
    if (problem) return;
    state = { ...state, agent: form.elements.agent.value };
  }
  if (isOtherAgent) void showAgent(form, state);
  show();
}

function show() {
  writeForm(form, state);
  const query = serializeState(state);
  // Replaced, not pushed: "back" leaves the studio instead of walking through every letter typed.
  window.history.replaceState(null, '', query ? `#${query}` : window.location.pathname);
  document.querySelector('#share-link').textContent = window.location.href;
  preview.show(state);
  showCode(state);
}

function say(text) {
  notice.textContent = text;
  notice.hidden = text === '';
}
