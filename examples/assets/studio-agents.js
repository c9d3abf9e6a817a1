/** What the server says about accounts and agents, in the studio's form. */
import { getAgents, getSession, getWidgetConfig, describeModel } from './server.js';

const texts = ['title', 'subtitle', 'greeting', 'placeholder'];

/**
 * Fills the list of agents with the account's own, and shows the chosen one.
 *
 * @returns {Promise<string | null>} what is wrong, for people
 */
export async function fillAgents(form, { account, agent }) {
  let agents;
  try {
    agents = await getAgents(account);
  } catch (error) {
    return `${account}: ${error.message}`;
  }
  if (agents.length === 0) return `${account} has no active agent.`;
  const select = form.elements.agent;
  select.replaceChildren(...agents.map((one) => new Option(one.display_name, one.instance_slug)));
  const isKnown = agents.some((one) => one.instance_slug === agent);
  select.value = isKnown ? agent : agents[0].instance_slug;
  await showAgent(form, { account, agent: select.value });
  return isKnown ? null : `${account} has no active agent called ${agent}. Here is ${agents[0].display_name}.`;
}

/** Says who answers, and shows the agent's own words and colour where the form is empty. */
export async function showAgent(form, { account, agent }) {
  const answers = document.querySelector('#answers');
  try {
    const [config, { model }] = await Promise.all([getWidgetConfig(account, agent), getSession(account, agent)]);
    for (const name of texts) form.elements[name].placeholder = config[name] ?? '';
    form.elements.starters.placeholder = config.starters.join('\n');
    form.elements.accent.dataset.untouched = config.accent;
    if (form.querySelector('#accent-value').textContent !== form.elements.accent.value) {
      form.elements.accent.value = config.accent;
    }
    showOwn(form, 'position', config.position);
    showOwn(form, 'theme', config.theme);
    answers.dataset.state = model.answered_by.provider === 'local' ? 'local' : 'model';
    answers.textContent = `${describeModel(model)}.`;
  } catch (error) {
    answers.dataset.state = 'down';
    answers.textContent = error.message;
  }
}

/** Marks the choice that the agent makes by itself as long as nobody makes another. */
function showOwn(form, name, value) {
  for (const option of form.elements[name]) option.toggleAttribute('data-own', option.value === value);
}
