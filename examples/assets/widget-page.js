/** The bar of the pages whose agent and theme come from the query: agent chooser, theme links, questions, the tag. */
import { getAgents, getWidgetConfig } from './server.js';

// oxlint-disable-next-line no-underscore-dangle -- the widget's public name for it
const config = window.__SALIENT_WIDGET_CONFIG;
const chooser = document.querySelector('#agent-chooser');

showTag();
showThemeLinks();
chooser.addEventListener('change', () => {
  const [account, agent] = chooser.value.split('/');
  window.location.search = pageQuery({ account, agent });
});
await Promise.all([...chooser.querySelectorAll('optgroup')].map(listAgents));
selectCurrentAgent();
await suggestQuestions();

/** Lists what the account really serves, so that an agent added while the server runs appears here too. */
async function listAgents(group) {
  const agents = await getAgents(group.dataset.account).catch(() => null);
  if (!agents) return; // The agents written into the page stay.
  group.replaceChildren(
    ...agents.map((agent) => new Option(agent.display_name, `${group.dataset.account}/${agent.instance_slug}`)),
  );
}

function selectCurrentAgent() {
  const current = `${config.account}/${config.agent}`;
  if (![...chooser.options].some((option) => option.value === current)) chooser.add(new Option(current, current));
  chooser.value = current;
}

/** The agent's own conversation starters, where it has some, replace the questions written into the page. */
async function suggestQuestions() {
  const list = document.querySelector('#questions');
  const { starters = [] } = (await getWidgetConfig(config.account, config.agent).catch(() => null)) ?? {};
  if (!list || starters.length === 0) return;
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
  const attributes = [
    `src="${window.location.origin}/chat-widget.js"`,
    `data-account="${config.account}"`,
    `data-agent="${config.agent}"`,
  ];
  if (config.mode !== 'floating') attributes.push(`data-mode="${config.mode}"`);
  if (config.theme !== 'auto') attributes.push(`data-theme="${config.theme}"`);
  document.querySelector('#tag').textContent = `<script\n  async\n  ${attributes.join('\n  ')}\n></script>`;
}

function pageQuery(changes) {
  const { account, agent, theme } = { ...config, ...changes };
  return new URLSearchParams({ account, agent, theme }).toString();
}
