/** What the server says about accounts and agents, in the studio's form. */
import { getAgents, getSession, getWidgetConfig, describeModel } from './server.js';

const texts = ['title', 'subtitle', 'greeting', 'placeholder', 'logo', 'avatar'];

/**
 * Fills the list of agents with the account's own.
 *
 * @returns {Promise<{agent: string | null, problem: string}>} the agent that is wished for, else the account's first;
 *   `problem` says for people what is wrong
 */
export async function fillAgents(form, { account, agent }) {
  let agents;
  try {
    agents = await getAgents(account);
  } catch (error) {
    return { agent: null, problem: `${account}: ${error.message}` };
  }
  const [first] = agents;
  if (!first) return { agent: null, problem: `${account} has no active agent.` };
  const select = form.elements.agent;
  select.replaceChildren(...agents.map((one) => new Option(one.display_name, one.instance_slug)));
  if (agents.some((one) => one.instance_slug === agent)) return { agent, problem: '' };
  return {
    agent: first.instance_slug,
    problem: `${account} has no active agent called ${agent}. Here is ${first.display_name}.`,
  };
}

/** Says who answers, and shows the agent's own words and colour where the form is empty. */
export async function showAgent(form, { account, agent }) {
  const answers = document.querySelector('#answers');
  try {
    const [config, { model }] = await Promise.all([getWidgetConfig(account, agent), getSession(account, agent)]);
    for (const name of texts) form.elements[name].placeholder = config[name] ?? '';
    form.elements.starters.placeholder = config.starters.join('\n');
    showOwnAccent(form.elements.accent, config.accent);
    showOwn(form, 'position', config.position);
    showOwn(form, 'theme', config.theme);
    showOwn(form, 'radius', String(config.radius));
    showOwn(form, 'density', config.density);
    form.dataset.imageHosts = JSON.stringify(config.image_hosts);
    answers.dataset.state = model.answered_by.provider === 'local' ? 'local' : 'model';
    answers.textContent = `${describeModel(model)}.`;
  } catch (error) {
    answers.dataset.state = 'down';
    answers.textContent = error.message;
  }
}

/** A colour input cannot be empty, so while nobody has chosen one it shows the agent's. */
function showOwnAccent(field, accent) {
  const isUntouched = field.dataset.chosen === undefined;
  field.dataset.own = accent;
  if (isUntouched) field.value = accent;
}

/** Marks the choice that the agent makes by itself as long as nobody makes another. */
function showOwn(form, name, value) {
  for (const option of form.elements[name]) option.toggleAttribute('data-own', option.value === value);
}
