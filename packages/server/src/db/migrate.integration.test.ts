import { readdirSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { projectDirectory } from '../../test/project-directory.ts';
import { embeddedAdapter } from './embedded.ts';
import { findDrift, migrate, openDatabase, type Database, type DatabaseOptions } from './index.ts';

const PRISMA = path.join(projectDirectory, 'prisma');
const MIGRATIONS = readdirSync(path.join(PRISMA, 'migrations'))
  .filter((name) => /^\d/.test(name))
  .toSorted();
const ADDED = '29990101000000_added';

/** What the tests made, undone in reverse. */
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

describe('opening a database', () => {
  it('applies every migration to an empty one, and none the second time', async () => {
    const empty = await createEmptyDatabase();
    const first = await open(empty);
    expect(first.migrated).toEqual(MIGRATIONS);
    await first.withNewAccount({ slug: 'kept', name: 'Kept' }, async () => {});
    await first.close();

    const second = await open(empty);
    expect(second.migrated).toEqual([]);
    expect(await second.withAccountSlug('kept', async (_tx, { name }) => name)).toBe('Kept');
  });

  // Two processes cannot open one embedded database.
  if (process.env['SALIENT_TEST_DATABASE'] === 'postgres') {
    it('is safe for several processes at once', async () => {
      const empty = await createEmptyDatabase();
      const prismaDirectory = await copyPrismaFolder();
      await addMigration(prismaDirectory, 'CREATE TABLE slow (id integer); SELECT pg_sleep(1);');
      const slow = { ...empty, prismaDirectory };
      const first = open(slow);
      // The others come upon it half done.
      const unfinished = `SELECT FROM _prisma_migrations WHERE migration_name = '${ADDED}' AND finished_at IS NULL`;
      await expect.poll(() => runOnServer(empty.url!, unfinished).catch(() => 0)).toBe(1);
      const opened = await Promise.all([first, open(slow), open(slow)]);
      expect(opened.flatMap(({ migrated }) => migrated)).toEqual([...MIGRATIONS, ADDED]);
      await Promise.all(opened.map((database) => database.ping()));
    });
  }

  it('leaves nothing of a migration that fails halfway, says why, and takes the mended one', async () => {
    const empty = await createEmptyDatabase();
    const prismaDirectory = await copyPrismaFolder();
    await addMigration(
      prismaDirectory,
      `CREATE TABLE half (id integer);
       INSERT INTO half VALUES (1);
       ALTER TABLE accounts ADD COLUMN half text;
       SELECT no_such_function();`,
    );
    for (const attempt of ['first', 'second']) {
      await expect(openDatabase({ ...empty, prismaDirectory }), attempt).rejects.toThrow(
        `Migration ${ADDED} failed and was undone: function no_such_function() does not exist`,
      );
    }
    const asBefore = await open(empty);
    expect(asBefore.migrated).toEqual([]);
    expect(await readTable(asBefore, 'half')).toBe('absent');
    expect(await asBefore.withNewAccount({ slug: 'a', name: 'A' }, (tx) => tx.account.findMany())).toHaveLength(1);
    await asBefore.close();

    await addMigration(prismaDirectory, 'CREATE TABLE half (id integer);');
    const mended = await open({ ...empty, prismaDirectory });
    expect(mended.migrated).toEqual([ADDED]);
    expect(await readTable(mended, 'half')).toBe('present');
  });
});

describe('the owner of the database', () => {
  it('needs to be no superuser: it may make the roles and take them on', async () => {
    const pglite = await openInMemory();
    await pglite.exec(`
      CREATE ROLE ordinary_owner LOGIN CREATEROLE;
      GRANT CREATE ON DATABASE postgres TO ordinary_owner;
      ALTER SCHEMA public OWNER TO ordinary_owner;
      SET SESSION AUTHORIZATION ordinary_owner`);
    expect(await migrate(embeddedAdapter(pglite), { directory: PRISMA })).toEqual(MIGRATIONS);
    const served = await pglite.transaction(async (tx) => {
      await tx.query(`SELECT set_config('role', 'salient_app', true), set_config('app.account_slug', 'a', true)`);
      await tx.query(`INSERT INTO accounts (slug, name) VALUES ('a', 'A')`);
      return (await tx.query('SELECT slug, current_user::text AS role FROM accounts')).rows;
    });
    expect(served).toEqual([{ slug: 'a', role: 'salient_app' }]);
    // The owner is held by the policies too.
    expect((await pglite.query('SELECT * FROM accounts')).rows).toEqual([]);
  });
});

// Only on the embedded database: the PostgreSQL adapter cannot read a type the comparison needs. One is enough, the
// migrations are the same.
describe('drift between migrations and schema', () => {
  it('is none in this repository, and shows in what is missing on either side', async () => {
    const pglite = await openInMemory();
    const adapter = embeddedAdapter(pglite);
    await migrate(adapter, { directory: PRISMA });
    expect(await findDrift(adapter, { directory: PRISMA })).toBeNull();

    const directory = await copyPrismaFolder();
    const schemaFile = path.join(directory, 'schema.prisma');
    const schema = await readFile(schemaFile, 'utf8');
    await writeFile(schemaFile, schema.replace('model Account {', 'model Account {\n  nickname String?'));
    expect(await findDrift(adapter, { directory })).toContain('ALTER TABLE "accounts" ADD COLUMN     "nickname" TEXT');

    await pglite.exec('CREATE INDEX forgotten ON sessions (email)');
    expect(await findDrift(adapter, { directory: PRISMA })).toContain('DROP INDEX "forgotten"');
  });
});

type Where = Pick<DatabaseOptions, 'url' | 'dataDirectory' | 'prismaDirectory'>;

/** A database of this test project's kind without any table. */
async function createEmptyDatabase(): Promise<Where> {
  const template = inject('databaseTemplate');
  if (template.kind === 'embedded') {
    return { url: null, dataDirectory: await createFolder(), prismaDirectory: PRISMA };
  }
  const name = `empty_${randomUUID().replaceAll('-', '')}`;
  await runOnServer(template.url, `CREATE DATABASE ${name}`);
  cleanups.push(() => runOnServer(template.url, `DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(template.url);
  url.pathname = `/${name}`;
  return { url: url.toString(), dataDirectory: '', prismaDirectory: PRISMA };
}

async function runOnServer(url: string, sql: string): Promise<number | null> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rowCount;
  } finally {
    await client.end();
  }
}

/** Closed at the end of the test, unless the test does. */
async function open(where: Where): Promise<Database> {
  const database = await openDatabase(where);
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= database.close());
  cleanups.push(close);
  return { ...database, close };
}

async function openInMemory(): Promise<PGlite> {
  const pglite = await PGlite.create();
  cleanups.push(() => pglite.close());
  return pglite;
}

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'salient-migrate-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function copyPrismaFolder(): Promise<string> {
  const folder = await createFolder();
  await cp(PRISMA, folder, { recursive: true });
  return folder;
}

/** Adds the migration, or puts another text in its place. */
async function addMigration(prismaDirectory: string, sql: string): Promise<void> {
  const folder = path.join(prismaDirectory, 'migrations', ADDED);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'migration.sql'), sql);
}

async function readTable(database: Database, name: string): Promise<'present' | 'absent'> {
  const [row] = await database.asWorker(
    (tx) => tx.$queryRaw<[{ present: boolean }]>`SELECT to_regclass(${name}) IS NOT NULL AS present`,
  );
  return row.present ? 'present' : 'absent';
}
