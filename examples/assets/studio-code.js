/** The code of the design, in the way that is chosen by the tabs. */
import { packageSnippet, tagSnippet, wrapperSnippet } from './snippets.js';
import { widgetOptions } from './studio-state.js';

const tabs = [...document.querySelectorAll('[role="tab"]')];
const code = document.querySelector('#code');
const note = document.querySelector('#code-note');

const ways = {
  'tab-tag': {
    note: 'Paste it anywhere in your page.',
    write: (origin, options) => tagSnippet(origin, placed(options)),
  },
  'tab-iframe': {
    note: 'One file on your own site, for pages that let no foreign script in.',
    write: wrapperSnippet,
  },
  'tab-npm': {
    note: 'npm install @salient/widget',
    write: (origin, options) => packageSnippet(origin, placed(options)),
  },
};

/** @param {() => void} show draws the code anew */
export function enableCode(show) {
  for (const tab of tabs) tab.addEventListener('click', () => select(tab));
  document.querySelector('[role="tablist"]').addEventListener('keydown', ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    const at = tabs.findIndex((tab) => tab.ariaSelected === 'true');
    if (step) select(tabs[(at + step + tabs.length) % tabs.length], true);
  });

  function select(chosen, withFocus = false) {
    for (const tab of tabs) {
      tab.ariaSelected = String(tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    document.querySelector('#code-panel').setAttribute('aria-labelledby', chosen.id);
    if (withFocus) chosen.focus();
    show();
  }
}

export function showCode(state) {
  const way = ways[tabs.find((tab) => tab.ariaSelected === 'true').id];
  note.textContent = way.note;
  code.textContent = way.write(window.location.origin, widgetOptions(state));
}

/** A chat in the page needs an element to fill. */
function placed({ account, agent, mode, ...rest }) {
  return { account, agent, mode, ...(mode === 'inline' && { target: '#chat' }), ...rest };
}
