/** The few addresses of the Salient server that the demo pages read. */

/**
 * @param {string} path an address on this origin
 * @returns {Promise<any>} the parsed body
 * @throws {Error} with the server's own sentence when it answers with an error
 */
export async function getJson(path) {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Error(body?.detail ?? `The server answered ${response.status}.`);
  return body;
}

export function getAgents(account) {
  return getJson(`/accounts/${account}/agents`);
}

export function getWidgetConfig(account, agent) {
  return getJson(`/accounts/${account}/agents/${agent}/config`);
}

/** Who the server thinks this visitor is, and which model answers. Never starts a session. */
export function getSession(account, agent) {
  return getJson(`/api/session?${new URLSearchParams({ account, agent })}`);
}

/** The conversation of this visitor with one agent, oldest first. */
export function getHistory(account, agent) {
  return getJson(`/accounts/${account}/agents/${agent}/history`);
}

export function getUsage(sessionId) {
  return getJson(`/api/session/${sessionId}/usage`);
}

/** One plain sentence: who answers, and why. */
export function describeModel({ answered_by: answeredBy }) {
  if (answeredBy.provider !== 'local') return `${answeredBy.model}, asked through ${answeredBy.provider}`;
  const reason = answeredBy.reason ? ` (${answeredBy.reason.replace(/\.$/, '')})` : '';
  return `Local answers from the agent’s own knowledge${reason}`;
}
