import { getAgents } from './server.js';

/**
 * Fills the page's agent chooser with what the accounts really serve, so that an agent added while the server runs
 * appears too, and calls `choose` when the visitor takes another one.
 *
 * @param {{account: string, agent: string}} current
 * @param {(chosen: {account: string, agent: string}) => void} choose
 */
export async function enableAgentChooser(current, choose) {
  const chooser = document.querySelector('#agent-chooser');
  select(chooser, current);
  chooser.addEventListener('change', () => {
    const [account, agent] = chooser.value.split('/');
    choose({ account, agent });
  });
  await Promise.all([...chooser.querySelectorAll('optgroup')].map(listAgents));
  select(chooser, current);
}

async function listAgents(group) {
  const agents = await getAgents(group.dataset.account).catch(() => null);
  if (!agents) return; // The agents written into the page stay.
  group.replaceChildren(
    ...agents.map((agent) => new Option(agent.display_name, `${group.dataset.account}/${agent.instance_slug}`)),
  );
}

function select(chooser, { account, agent }) {
  const value = `${account}/${agent}`;
  if (![...chooser.options].some((option) => option.value === value)) chooser.add(new Option(value, value));
  chooser.value = value;
}
