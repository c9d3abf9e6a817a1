/** Address of the API of one agent: what the contract writes as `A`. Slugs need no encoding. */
export function agentUrl({
  backend,
  account,
  agent,
}: Partial<Record<'backend' | 'account' | 'agent', unknown>>): string {
  return `${backend as string}/accounts/${account as string}/agents/${agent as string}`;
}
