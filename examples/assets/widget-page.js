/** The bar of the pages whose agent and theme come from the query: agent chooser, theme links, questions, the tag. */
import { enableAgentChooser } from './agent-chooser.js';
import { getWidgetConfig } from './server.js';
import { tagSnippet } from './snippets.js';

// oxlint-disable-next-line no-underscore-dangle -- the widget's public name for it
const config = window.__SALIENT_WIDGET_CONFIG;

showTag();
showThemeLinks();
await enableAgentChooser(config, (chosen) => (window.location.search = pageQuery(chosen)));
await suggestQuestions();

/** The agent's own conversation starters, where it has some, replace the questions written into the page. */
async function suggestQuestions() {
  const list = document.querySelector('#questions');
  if (!list) return;
  const { starters = [] } = (await getWidgetConfig(config.account, config.agent).catch(() => null)) ?? {};
  if (starters.length === 0) return;
  list.replaceChildren(...starters.slice(0, 4).map(questionItem));
}

function questionItem(question) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'chip';
  button.dataset.ask = question;
  button.textContent = question;
  const item = document.createElement('li');
  item.append(button);
  return item;
}

function showThemeLinks() {
  for (const link of document.querySelectorAll('[data-theme-link]')) {
    link.search = pageQuery({ theme: link.dataset.themeLink });
    if (link.dataset.themeLink === config.theme) link.setAttribute('aria-current', 'true');
  }
}

function showTag() {
  const { account, agent, mode, theme } = config;
  document.querySelector('#tag').textContent = tagSnippet(window.location.origin, {
    account,
    agent,
    ...(mode !== 'floating' && { mode }),
    ...(theme !== 'auto' && { theme }),
  });
}

function pageQuery(changes) {
  const { account, agent, theme } = { ...config, ...changes };
  return new URLSearchParams({ account, agent, theme }).toString();
}
