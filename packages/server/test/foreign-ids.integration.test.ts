import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiDocument } from '../src/openapi/build-document.ts';
import { createTestKey } from './api-client.ts';
import { answer } from './fake-provider-replies.ts';
import { queryAsOwnerOf } from './owner-access.ts';
import { createPerson, type Person } from './person.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { createVisitor, type Visitor } from './visitor.ts';

// Ids do not exist for anybody but their owner: what a stranger is answered with somebody's id is, to the last letter,
// what they are answered with an id that nobody has. Where ids go is read from the API description, so an address that
// comes later is tried as well.

const CANARY = 'canary-of-the-owner';
const AGENTS = [
  { account: 'acme', agent: 'helper' },
  { account: 'acme', agent: 'other' },
  { account: 'rival', agent: 'helper' },
];

interface Field {
  format?: string;
  /** Also null. */
  anyOf?: Field[];
}

/** A place of a request that takes an id. */
interface Place {
  method: string;
  path: string;
  where: 'path' | 'query' | 'body' | 'header';
  name: string;
  /** What lets anybody in there. */
  door: Door;
}

type Door = 'visitor' | 'key' | 'person';

interface Stranger {
  name: string;
  account: string;
  agent: string;
  visitor: Visitor;
  headers: Record<string, string>;
  /** What they have to show. Default: what visitors have. */
  door?: Door;
}

let server: TestServer;
let owner: Visitor;
let places: Place[];
let strangers: Stranger[];
/** By kind. */
let ids: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer({ agents: AGENTS });
  server.provider.script(() => answer({ text: `An answer with the ${CANARY}.` }));
  owner = createVisitor(server.url);
  const reply = await owner.chat('/accounts/acme/agents/helper', { message: `A question with the ${CANARY}` });
  const { database } = server.running;
  const [row] = await queryAsOwnerOf<{
    turn_id: string;
    account_id: string;
    agent_instance_id: string;
    llm_request_id: string;
  }>(
    database,
    `SELECT turn_id, account_id, agent_instance_id, llm_request_id FROM messages WHERE id = '${reply.message.id}'`,
  );
  ids = {
    session: reply.session_id,
    question: reply.user_message.id,
    answer: reply.message.id,
    turn: row!.turn_id,
    account: row!.account_id,
    'agent instance': row!.agent_instance_id,
    'model request': row!.llm_request_id,
    key: (await createTestKey(await createPerson(server, { account: 'acme' }), 'acme', ['chat'])).id,
  };
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument;
  places = findPlaces(document);
  strangers = await createStrangers();
});

afterAll(() => server.stop());

it('finds every place that takes an id (T1)', () => {
  expect(
    places.map(({ method, path, where, name }) => `${method} ${path} ${where} ${name}`).toSorted(),
  ).toMatchSnapshot();
});

it('no id of somebody else exists, for anybody, anywhere (T1)', async () => {
  const differing: string[] = [];
  const before = await owner.history('/accounts/acme/agents/helper');
  for (const stranger of strangers) {
    for (const place of places) {
      // Everybody tries where they could be let in, and nobody tries everywhere.
      if (stranger.name !== 'nobody' && place.door !== (stranger.door ?? 'visitor')) continue;
      // Where no agent is named, somebody at another agent is simply the owner.
      if (stranger.visitor === owner && !/\{agent\}/.test(place.path)) continue;
      const unknown = await ask(stranger, place, randomUUID());
      for (const [kind, id] of Object.entries(ids)) {
        const label = `${stranger.name}: ${kind} as ${place.where} ${place.name} of ${place.method} ${place.path}`;
        const answered = await ask(stranger, place, id);
        if (answered !== unknown) differing.push(`${label}: ${answered} instead of ${unknown}`);
        if (answered.includes(CANARY)) differing.push(`${label}: shows the canary`);
        // People who have signed in are told first what is wrong with the rest of their request.
        const isHidden = /^40[14]/.test(answered) || (stranger.door === 'person' && answered.startsWith('422'));
        if (place.where === 'path' && !isHidden) differing.push(`${label}: ${answered}`);
      }
    }
  }
  expect(differing).toEqual([]);
  expect(await owner.history('/accounts/acme/agents/helper')).toEqual(before);
});

it('the owner still reaches what is theirs, by the same places', async () => {
  const own: Stranger = { name: 'owner', account: 'acme', agent: 'helper', visitor: owner, headers: {} };
  const reached = new Set<string>();
  for (const place of places) {
    for (const id of Object.values(ids)) {
      if ((await ask(own, place, id)).startsWith('2')) reached.add(`${place.where} ${place.name}`);
    }
  }
  expect([...reached].toSorted()).toEqual([
    'body replaces',
    'header Last-Event-ID',
    'path message_id',
    'path session_id',
    'path turn_id',
    'query before',
    'query turn',
  ]);
});

function findPlaces(document: ApiDocument): Place[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const door = doorOf(path, operation);
      const parameters = operation['parameters'] as { name: string; in: Place['where']; schema: { format?: string } }[];
      const body = operation['requestBody'] as
        | { content: { 'application/json': { schema: { properties?: Record<string, Field> } } } }
        | undefined;
      const fields = Object.entries(body?.content['application/json'].schema.properties ?? {});
      const named = parameters
        .filter(({ name, schema }) => schema.format === 'uuid' || name === 'Last-Event-ID')
        .map(({ name, in: where }): Place => ({ method, path, where, name, door }));
      const sent = fields
        .filter(([, field]) => [field, ...(field.anyOf ?? [])].some(({ format }) => format === 'uuid'))
        .map(([name]): Place => ({ method, path, where: 'body', name, door }));
      return named.concat(sent);
    }),
  );
}

function doorOf(path: string, operation: Record<string, unknown>): Door {
  if (operation['x-scope'] !== undefined) return 'key';
  return operation['x-permission'] !== undefined || path.startsWith('/auth/') ? 'person' : 'visitor';
}

async function createStrangers(): Promise<Stranger[]> {
  const chatted = async (account: string, agent: string, visitor = createVisitor(server.url)): Promise<Visitor> => {
    await visitor.chat(`/accounts/${account}/agents/${agent}`, { message: 'I am somebody else' });
    return visitor;
  };
  const tokenOf = async (visitor: Visitor): Promise<string> => {
    const response = await visitor.post('/accounts/acme/agents/helper/session/token', {});
    return ((await response.json()) as { token: string }).token;
  };
  const revoked = await tokenOf(owner);
  const other = await tokenOf(createVisitor(server.url));
  await queryAsOwnerOf(
    server.running.database,
    `UPDATE session_tokens SET expires_at = now() - interval '1 second' WHERE session_key =
      (SELECT session_key FROM sessions WHERE id = '${ids['session']}')`,
  );
  const helper = { account: 'acme', agent: 'helper', headers: {} };
  return [
    { ...helper, name: 'nobody', visitor: createVisitor(server.url) },
    { ...helper, name: 'another visitor', visitor: await chatted('acme', 'helper') },
    { ...helper, name: 'another visitor by token', visitor: createVisitor(server.url), headers: bearer(other) },
    { ...helper, name: 'a revoked token', visitor: createVisitor(server.url), headers: bearer(revoked) },
    { ...helper, name: 'the owner at another agent', agent: 'other', visitor: await chatted('acme', 'other', owner) },
    {
      ...helper,
      name: 'the owner at another account',
      account: 'rival',
      visitor: await chatted('rival', 'helper', owner),
    },
    { ...helper, name: 'a visitor of another account', account: 'rival', visitor: await chatted('rival', 'helper') },
    ...(await createStrangersOfConsole()),
  ];
}

/** Machines and people, each at their own account and at the other one. */
async function createStrangersOfConsole(): Promise<Stranger[]> {
  const rival = await createPerson(server, { account: 'rival' });
  const admin = await createPerson(server, { account: 'acme' });
  const all = ['chat', 'sessions:read', 'sessions:delete', 'usage:read'] as const;
  const revoked = await createTestKey(admin, 'acme', all);
  await admin.send('DELETE', `/accounts/acme/admin/keys/${revoked.id}`);
  const keys = {
    "another account's key": (await createTestKey(rival, 'rival', all)).key,
    "another agent's key": (await createTestKey(admin, 'acme', all, { agent: 'other' })).key,
    'a revoked key': revoked.key,
  };
  const signedIn = (person: Person) => ({ Cookie: person.cookies(), Origin: server.url });
  const stranger = (name: string, door: Door, account: string, headers: Record<string, string>): Stranger => ({
    name,
    door,
    account,
    agent: 'helper',
    visitor: createVisitor(server.url),
    headers,
  });
  return [
    ...Object.entries(keys).map(([name, key]) => stranger(name, 'key', 'acme', { 'X-API-Key': key })),
    stranger("another account's owner", 'person', 'rival', signedIn(rival)),
    stranger("another account's owner in this one", 'person', 'acme', signedIn(rival)),
  ];
}

/** The status and the body, but for what no two answers share. */
async function ask(stranger: Stranger, place: Place, id: string): Promise<string> {
  const { method, where, name } = place;
  const value = name === 'Last-Event-ID' ? `${id}:0` : id;
  const path = place.path
    .replace('{account}', stranger.account)
    .replace('{agent}', stranger.agent)
    .replace('{agent_type}', 'simple_chat')
    .replace(/\{(\w+)\}/, (_, parameter: string) => (where === 'path' && parameter === name ? id : randomUUID()));
  const query = where === 'query' ? `?${name}=${id}` : where === 'header' ? '?message=hi' : '';
  // A new conversation for nobody: the server makes one for who has none, and it must not be a friend of this one.
  const visitor = stranger.name === 'nobody' ? createVisitor(server.url) : stranger.visitor;
  const headers = { 'If-Match': '*', ...stranger.headers, ...(where === 'header' && { [name]: value }) };
  const body = where === 'body' ? { message: 'hi', [name]: id } : { rating: 'up' };
  const response =
    method === 'get'
      ? await visitor.fetch(path + query, { headers })
      : await visitor.fetch(path, {
          method: method.toUpperCase(),
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify(body),
        });
  const text = await response.text();
  return `${response.status} ${text.replaceAll(id, '{id}').replaceAll(/"request_id":"[^"]+"/g, '')}`;
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}
