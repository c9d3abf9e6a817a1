import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { dumpTables, queryAsOwnerOf } from '../../../test/owner-access.ts';
import { createPerson } from '../../../test/person.ts';
import { projectDirectory } from '../../../test/project-directory.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';
import { createLog } from '../../log.ts';
import { startServer } from '../../start-server.ts';
import type { ErasureReceipt } from './erase-visitor.ts';
import { createErasureLog } from './erasure-log.ts';

/** What a back-up holds of a visitor or an account, in the order in which it can be put back. */
const RESTORED = ['accounts', 'agent_instances', 'visitors', 'sessions', 'messages'];

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function startOne(app: Record<string, unknown> = {}): Promise<TestServer> {
  const server = await startTestServer({
    agents: ['acme', 'globex'].map((account) => ({ account, agent: 'helper' })),
    app,
  });
  return server;
}

/** Puts the rows of a back-up back that are not there any more, past every trigger, as a restore does. */
async function restore(server: TestServer, backup: Record<string, string[]>): Promise<void> {
  const { database } = server.running;
  await database.asWorker(async (tx) => {
    await tx.$queryRaw`SELECT set_config('role', 'none', true), set_config('session_replication_role', 'replica', true)`;
    for (const table of RESTORED) {
      for (const row of backup[table] ?? []) {
        await tx.$executeRawUnsafe(`DELETE FROM ${table} WHERE id = ($1::jsonb ->> 'id')::uuid`, row);
        await tx.$executeRawUnsafe(
          `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1::jsonb)`,
          row,
        );
      }
    }
  });
}

describe('a restored back-up (A6)', () => {
  it('stays erased: visitors and accounts are erased again before anybody is served', async () => {
    const server = await startOne();
    cleanups.push(() => server.remove());
    const owner = await createPerson(server, { account: 'acme' });
    const other = await createPerson(server, { account: 'globex' });
    const [gone, kept] = [createVisitor(server.url), createVisitor(server.url)];
    const { session_id } = await gone.chat('/accounts/acme/agents/helper', { message: 'canary-gone' });
    await kept.chat('/accounts/acme/agents/helper', { message: 'canary-kept' });
    await kept.chat('/accounts/globex/agents/helper', { message: 'canary-account' });
    const { database } = server.running;
    const backup = await dumpTables(database);
    const [visitor] = await queryAsOwnerOf<{ id: string }>(
      database,
      `SELECT visitors.id FROM visitors JOIN sessions USING (account_id, session_key) WHERE sessions.id = '${session_id}'`,
    );
    expect((await owner.send('DELETE', `/accounts/acme/admin/visitors/${visitor?.id}`)).status).toBe(200);
    expect((await other.send('DELETE', '/accounts/globex', { confirm: 'globex' })).status).toBe(200);
    await restore(server, backup);
    const restored = JSON.stringify(await dumpTables(database));
    for (const canary of ['canary-gone', 'canary-kept', 'canary-account']) expect(restored).toContain(canary);
    await server.running.stop();

    let logged = '';
    const log = createLog('info', { write: (line: string) => void (logged += line) });
    const again = await startServer(server.running.config, { project: projectDirectory }, log);
    cleanups.push(() => again.stop());
    const dump = JSON.stringify(await dumpTables(again.database));
    for (const canary of ['canary-gone', 'canary-account']) expect(dump).not.toContain(canary);
    expect(dump).toContain('canary-kept');
    expect(logged).toContain('"erased":2');
    expect((await fetch(`${again.url}/accounts/globex/agents/helper/health`)).status).toBe(404);
    const audited = await queryAsOwnerOf(
      again.database,
      `SELECT action, actor_kind FROM audit_events WHERE "after" ->> 'again' = 'true' ORDER BY action`,
    );
    expect(audited).toEqual([
      { action: 'account.erased', actor_kind: 'system' },
      { action: 'visitor.erased', actor_kind: 'system' },
    ]);
  });
});

describe('the list of erasures', () => {
  it('holds ids and times, and nothing that was stored', async () => {
    const server = await startOne();
    cleanups.push(() => server.stop());
    const owner = await createPerson(server, { account: 'acme' });
    await createVisitor(server.url).chat('/accounts/acme/agents/helper', { message: 'canary' });
    const [visitor] = await queryAsOwnerOf<{ id: string }>(server.running.database, 'SELECT id FROM visitors');
    await owner.send('DELETE', `/accounts/acme/admin/visitors/${visitor?.id}`);
    const [line = ''] = (await readFile(server.running.config.erasuresFile ?? '', 'utf8')).trim().split('\n');
    expect(Object.keys(JSON.parse(line) as object)).toEqual(['kind', 'account_id', 'visitor_id', 'erased_at']);
    expect(line).toContain(visitor?.id);
  });

  it('that cannot be written is in the receipt and in the log, and hinders no erasure', async () => {
    const server = await startOne({ retention: { erasures_file: '/nowhere/at/all/erasures.jsonl' } });
    cleanups.push(() => server.stop());
    const owner = await createPerson(server, { account: 'acme' });
    await createVisitor(server.url).chat('/accounts/acme/agents/helper', { message: 'canary' });
    const [visitor] = await queryAsOwnerOf<{ id: string }>(server.running.database, 'SELECT id FROM visitors');
    const response = await owner.send('DELETE', `/accounts/acme/admin/visitors/${visitor?.id}`);
    const { stores } = (await response.json()) as ErasureReceipt;
    expect(stores).toContainEqual(
      expect.objectContaining({ name: 'list of erasures', note: expect.any(String) as string }),
    );
    expect(server.logs()).toContain('an erasure could not be noted');
    expect(JSON.stringify(await dumpTables(server.running.database))).not.toContain('canary');
  });

  it('is read past a line that a crash has torn', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'salient-erasures-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'erasures.jsonl');
    const erasures = createErasureLog(file, createLog('silent', { write: () => {} }));
    const erasure = (account_id: string) =>
      ({ kind: 'account', account_id, erased_at: '2026-11-29T12:00:00.000Z' }) as const;
    const [one, two] = [
      erasure('6b0a1a36-3c0c-4a52-9b57-0d7d4a8a2f01'),
      erasure('6b0a1a36-3c0c-4a52-9b57-0d7d4a8a2f02'),
    ];
    expect(await erasures.readAll()).toEqual([]);
    await erasures.note(one);
    await appendFile(file, '{"kind":"acc');
    await erasures.note(two);
    expect(await erasures.readAll()).toEqual([one, two]);
  });
});
