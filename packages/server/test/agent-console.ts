import { randomUUID } from 'node:crypto';
import type { ErrorBody } from '@salient/shared-types';
import { expect } from 'vitest';
import type { z } from 'zod';
import type { agentConfigSchema, managedAgentSchema } from '../src/features/agent-admin/replies.ts';
import { createPerson, type Person } from './person.ts';
import type { TestServer } from './start-test-server.ts';

export type ManagedAgent = z.output<typeof managedAgentSchema>;
type Config = z.output<typeof agentConfigSchema>;

/** An account of the tier `free`, and its owner. */
export async function openShop(server: TestServer): Promise<{ shop: string; keeper: Person }> {
  const shop = `shop-${randomUUID().slice(0, 8)}`;
  await server.running.database.withNewAccount({ slug: shop, name: shop }, () => Promise.resolve());
  return { shop, keeper: await createPerson(server, { account: shop }) };
}

export async function createAgent(person: Person, account: string, body: object): Promise<ManagedAgent> {
  const response = await person.send('POST', `/accounts/${account}/admin/agents`, body);
  expect(response.status).toBe(201);
  return (await response.json()) as ManagedAgent;
}

/** Status, code and words of an answer that is a refusal. */
export async function refusalOf(response: Response): Promise<[number, string, string]> {
  const { code, detail } = (await response.json()) as ErrorBody;
  return [response.status, code, detail];
}

/** Puts overrides over whatever is there, or over the version that is named. */
export async function putConfig(person: Person, address: string, overrides: object, ifMatch = '*'): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', 'If-Match': ifMatch };
  return person.fetch(`${address}/config`, { method: 'PUT', headers, body: JSON.stringify(overrides) });
}

export async function configOf(person: Person, address: string): Promise<Config> {
  return (await (await person.fetch(`${address}/config`)).json()) as Config;
}

/** Where the agent `acme/helper` is, which came from files. */
export async function helperAddress(owner: Person): Promise<string> {
  const { agents } = (await (await owner.fetch('/accounts/acme/admin/agents')).json()) as { agents: ManagedAgent[] };
  return `/accounts/acme/admin/agents/${agents.find(({ instance_slug: slug }) => slug === 'helper')?.id}`;
}

export async function greetingOf(server: TestServer, account: string, agent: string): Promise<string> {
  const response = await fetch(`${server.url}/accounts/${account}/agents/${agent}/config`);
  return ((await response.json()) as { greeting: string }).greeting;
}
