import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askWithKey } from '../../test/api-client.ts';
import { queryAsOwnerOf } from '../../test/owner-access.ts';
import { startTestServer, type TestServer } from '../../test/start-test-server.ts';
import { loadConfig } from '../config.ts';
import { runCommand } from './run-command.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

async function salient(command: string): Promise<string[]> {
  const lines: string[] = [];
  const config = loadConfig({ NODE_ENV: 'test', SALIENT_DATA_DIR: 'unused' });
  const context = { config, database: server.running.database, print: (line: string) => lines.push(line) };
  expect(await runCommand(command.split(' '), context)).toBe(0);
  return lines;
}

describe('keys at the command line (L7)', () => {
  it('are made, listed without their secret, and revoked, and the audit log says that the system did it', async () => {
    const [, key = ''] = await salient('keys create --account acme --name nightly --scopes sessions:read,chat');
    const ask = () => askWithKey(server.url, key, 'GET', '/api/v1/sessions/00000000-0000-4000-8000-000000000000');
    expect((await ask()).status).toBe(404);
    const [line = ''] = await salient('keys list --account acme');
    expect(line).toMatch(/^[0-9a-f-]{36} {2}ak_\w{10} {2}sessions:read,chat {2}every agent {2}no end {2}nightly$/);
    expect(key.startsWith(`${line.split('  ')[1]}_`)).toBe(true);
    await salient(`keys revoke --account acme --id ${line.slice(0, 36)}`);
    expect((await ask()).status).toBe(401);
    expect((await salient('keys list --account acme'))[0]).toContain('revoked');
    const events = await queryAsOwnerOf<{ action: string; actor_kind: string }>(
      server.running.database,
      `SELECT action, actor_kind FROM audit_events WHERE target_kind = 'key' ORDER BY position`,
    );
    expect(events).toEqual([
      { action: 'key.created', actor_kind: 'system' },
      { action: 'key.revoked', actor_kind: 'system' },
    ]);
  });

  it('say what is wrong with how they are asked for', async () => {
    const failures = [];
    for (const command of [
      'keys create --account acme --name x',
      'keys create --account acme --name x --scopes admin',
      'keys create --account nobody --name x --scopes chat',
      'keys create --account acme --name x --scopes chat --agent nobody',
      'keys revoke --account acme --id ak_prefix',
      'keys revoke --account acme --id 00000000-0000-4000-8000-000000000000',
    ]) {
      failures.push(await salient(command).catch((error: unknown) => (error as Error).message));
    }
    expect(failures).toMatchInlineSnapshot(`
      [
        "Missing: --scopes",
        "scopes.0: must each be one of chat, sessions:read, sessions:delete, usage:read.",
        "There is no account nobody",
        "There is no such agent. Check the agent name in the address.",
        "--id takes the id that \`keys list\` prints",
        "There is no such key.",
      ]
    `);
  });
});
