import type { ChatReply, SessionInfo } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPerson, errorOf, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';

const HELPER = '/accounts/acme/agents/helper';

let server: TestServer;
let member: Person;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'helper' },
      { account: 'acme', agent: 'strict', config: { identity: { required: true } } },
      { account: 'globex', agent: 'helper' },
    ],
  });
  member = await createPerson(server, { account: 'acme', role: 'viewer' });
});

afterAll(() => server.stop());

async function infoOf(person: Person, account: string, agent = 'helper'): Promise<SessionInfo> {
  const response = await person.fetch(`/api/session?account=${account}&agent=${agent}`);
  expect(response.status).toBe(200);
  return (await response.json()) as SessionInfo;
}

async function chat(person: Person, agentPath: string): Promise<ChatReply> {
  const response = await person.send('POST', `${agentPath}/chat`, { message: 'Hello' });
  expect(response.status).toBe(200);
  return (await response.json()) as ChatReply;
}

describe('somebody who has signed in', () => {
  it('is known as such to their account’s agents, with the conversation they have there', async () => {
    expect(await infoOf(member, 'acme')).toMatchObject({ identified_by: 'login', session_id: null });
    const { session_id } = await chat(member, HELPER);
    expect(await infoOf(member, 'acme')).toMatchObject({ identified_by: 'login', session_id });
    const usage = await member.fetch(`/api/session/${session_id}/usage`);
    expect([usage.status, await usage.json()]).toEqual([200, expect.objectContaining({ session_id, requests: 1 })]);
  });

  it('is a visitor like any other to the agents of another account', async () => {
    const { session_id } = await chat(member, '/accounts/globex/agents/helper');
    expect(await infoOf(member, 'globex')).toMatchObject({ identified_by: 'cookie', session_id });
    expect((await member.fetch(`/api/session/${session_id}/usage`)).status).toBe(200);
  });

  it('reads of no other person’s conversation what it cost (T1)', async () => {
    const other = await createPerson(server, { account: 'acme' });
    const { session_id } = await chat(other, HELPER);
    expect(await errorOf(await member.fetch(`/api/session/${session_id}/usage`))).toEqual([404, 'NOT_FOUND']);
  });

  it('is one of them where the account’s own server has to vouch for visitors, as when they ask', async () => {
    expect(await infoOf(member, 'acme', 'strict')).toMatchObject({
      identified_by: expect.not.stringMatching('login') as string,
    });
  });

  it('is nobody any more once they are signed out', async () => {
    const leaving = await createPerson(server, { account: 'acme' });
    const { session_id } = await chat(leaving, HELPER);
    await leaving.send('POST', '/auth/logout');
    expect(await infoOf(leaving, 'acme')).toMatchObject({ identified_by: 'none', session_id: null });
    expect(await errorOf(await leaving.fetch(`/api/session/${session_id}/usage`))).toEqual([404, 'NOT_FOUND']);
  });
});
