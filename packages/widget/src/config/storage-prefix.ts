/** Keeps what widgets of other accounts, agents and servers store on the same page apart. */
export function storagePrefix(agentUrl: string): string {
  return `salient:${agentUrl}:`;
}
