/**
 * The body of `GET A/config` as it came, or undefined when it could not be had: the widget then has its default look,
 * and says what is wrong when someone opens it. No credentials, so that it can be asked for before any intent.
 */
export async function fetchConfig(agentUrl: string): Promise<unknown> {
  try {
    const response = await fetch(`${agentUrl}/config`, { credentials: 'omit' });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
