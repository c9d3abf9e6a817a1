/** Address of the API of one agent: what the contract writes as `A`. Slugs need no encoding. */
export function agentUrl({ backend, account, agent }: Record<'backend' | 'account' | 'agent', string>): string {
  return `${backend}/accounts/${account}/agents/${agent}`;
}
