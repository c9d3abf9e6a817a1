/**
 * The body of `GET A/config` as it came, an error's too, or nothing when it could not be had: the widget then has its
 * default look, and says what is wrong when someone opens it. No credentials, so that it can be asked for before any intent.
 */
export function fetchConfig(agentUrl: string): Promise<unknown> {
  return fetch(`${agentUrl}/config`, { credentials: 'omit' })
    .then((response) => response.json())
    .catch(() => {});
}
