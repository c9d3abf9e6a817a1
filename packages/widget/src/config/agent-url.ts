/** Address of the API of one agent: what the contract writes as `A`. Slugs need no encoding. */
export function agentUrl(of: Partial<Record<'backend' | 'account' | 'agent', unknown>>): string {
  return `${of.backend as string}/accounts/${of.account as string}/agents/${of.agent as string}`;
}
