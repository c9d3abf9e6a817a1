import { getSession, getUsage } from './server.js';

/**
 * Fills the `data-field` elements inside `root` with the bill of this visitor's conversation with one agent.
 * Every figure comes from the server's books; before the first question they keep their empty look.
 *
 * @returns {Promise<{session: object, usage: object | null}>}
 */
export async function fillReceipt(root, account, agent) {
  const session = await getSession(account, agent);
  const usage = session.session_id ? await getUsage(session.session_id) : null;
  root.toggleAttribute('data-started', usage !== null);
  if (usage) {
    setField(root, 'session', session.session_id);
    setField(root, 'requests', usage.requests.toLocaleString());
    setField(root, 'prompt-tokens', usage.prompt_tokens.toLocaleString());
    setField(root, 'completion-tokens', usage.completion_tokens.toLocaleString());
    setField(root, 'cost', `$${usage.total_cost}${usage.unpriced_requests ? ' + unpriced' : ''}`);
  }
  return { session, usage };
}

/**
 * Calls `refresh` now, and again after every answer that a widget on the page has finished: then with the account and
 * agent that answered.
 */
export function afterEveryAnswer(refresh) {
  window.addEventListener('salient:stream:end', ({ detail }) => refresh(detail));
  refresh();
}

export function setField(root, name, text) {
  for (const element of root.querySelectorAll(`[data-field="${name}"]`)) element.textContent = text;
}
