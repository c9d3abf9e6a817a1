import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCOPES } from '../src/access/scopes.ts';
import type { ApiDocument } from '../src/openapi/build-document.ts';
import { askWithKey, createTestKey } from './api-client.ts';
import { dumpTables, queryAsOwnerOf } from './owner-access.ts';
import { createPerson, type Person } from './person.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { createVisitor, type Visitor } from './visitor.ts';

// Every address of the API description is asked as a crawler, a prefetcher or a retrying proxy might, by everybody who may:
// an address that comes later is asked as well.

/** Tables in which being there leaves its mark, or asking takes from a limit. The audit log is looked at on its own. */
const MARKS = new Set(['agent_instances', 'api_keys', 'audit_events', 'audit_heads', 'rate_limits', 'user_sessions']);
/** Who of the account has read what visitors said, or took it away, is noted on purpose. */
const NOTED = new Set(['account.exported', 'session.read', 'visitor.exported']);

let server: TestServer;
let visitor: Visitor;
let owner: Person;
let key: string;
let names: Record<string, string>;
let paths: string[];

beforeAll(async () => {
  server = await startTestServer();
  visitor = createVisitor(server.url);
  owner = await createPerson(server, { account: 'acme' });
  const created = await createTestKey(owner, 'acme', SCOPES);
  key = created.key;
  const { session_id, message } = await visitor.chat('/accounts/acme/agents/helper', { message: 'hi' });
  const [row] = await queryAsOwnerOf<{ turn_id: string; agent_id: string; visitor_id: string }>(
    server.running.database,
    `SELECT turn_id, agent_instance_id AS agent_id, visitors.id AS visitor_id
     FROM messages, visitors WHERE messages.id = '${message.id}'`,
  );
  names = {
    account: 'acme',
    agent: 'helper',
    agent_type: 'simple_chat',
    version: '1',
    session_id,
    message_id: message.id,
    key_id: created.id,
    user_id: owner.id,
    ...row,
  };
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument;
  paths = Object.keys(document.paths).map((path) =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? message.id),
  );
});

afterAll(() => server.stop());

it('GET, HEAD and OPTIONS of every address change no row and ask no model (L10)', async () => {
  const before = await dumpRows();
  const noted = await countActions();
  const asked = server.provider.requests.length;
  const readers: ((method: string, path: string) => Promise<Response>)[] = [
    (method, path) => visitor.fetch(path, { method }),
    (method, path) => createVisitor(server.url).fetch(path, { method }),
    (method, path) => owner.fetch(path, { method }),
    (method, path) => askWithKey(server.url, key, method, path),
  ];
  const answered = new Set<string>();
  for (const path of [...paths, `/accounts/acme/agents/helper/stream?turn=${names['turn_id']}`]) {
    for (const read of readers) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const response = await read(method, path);
        await response.arrayBuffer();
        expect([method, path, response.status < 500]).toEqual([method, path, true]);
        if (method === 'GET' && response.ok) answered.add(path);
      }
    }
  }
  // What nobody was let in to would prove nothing.
  expect(answered.size).toBeGreaterThan(30);
  expect(await dumpRows()).toEqual(before);
  const since = (await countActions()).filter((action) => !noted.includes(action));
  expect(since.filter((action) => !NOTED.has(action.split(' ')[0] ?? ''))).toEqual([]);
  expect(server.provider.requests.length).toBe(asked);
});

async function dumpRows(): Promise<Record<string, string[]>> {
  const tables = await dumpTables(server.running.database);
  return Object.fromEntries(Object.entries(tables).filter(([table]) => !MARKS.has(table)));
}

async function countActions(): Promise<string[]> {
  const rows = await queryAsOwnerOf<{ action: string }>(
    server.running.database,
    `SELECT action || ' ' || count(*) AS action FROM audit_events GROUP BY audit_events.action`,
  );
  return rows.map(({ action }) => action);
}
