import type { TestAgent } from './agent-folder.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

/** Two agents of one account. */
export const HELPER = '/accounts/acme/agents/helper';
export const TWIN = '/accounts/acme/agents/twin';

/** Starts a server with the two, and with the others named. */
export function startTwoAgents(...others: TestAgent[]): Promise<TestServer> {
  return startTestServer({
    agents: [{ account: 'acme', agent: 'helper' }, { account: 'acme', agent: 'twin' }, ...others],
  });
}
