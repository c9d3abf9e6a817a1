import { randomUUID } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { PGlite } from '@electric-sql/pglite';
import { inject } from 'vitest';
import { projectDirectory } from './project-directory.ts';

/** Where a suite's own database is, as `openDatabase` takes it. */
export interface TestDatabase {
  kind: 'embedded' | 'postgres';
  url: string | null;
  dataDirectory: string;
  prismaDirectory: string;
  remove(): Promise<void>;
}

/**
 * Makes an empty, migrated database of the kind this test project runs on: a copy of the one that the global setup
 * migrated, so that a suite does not wait for migrations.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const prismaDirectory = path.join(projectDirectory, 'prisma');
  const template = inject('databaseTemplate');
  if (template.kind === 'postgres') {
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    await query(template.url, `CREATE DATABASE ${name} TEMPLATE ${template.name}`);
    const url = new URL(template.url);
    url.pathname = `/${name}`;
    return {
      kind: 'postgres',
      url: url.toString(),
      dataDirectory: '',
      prismaDirectory,
      remove: () => query(template.url, `DROP DATABASE ${name} WITH (FORCE)`),
    };
  }
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'salient-test-'));
  // At once: one file after the other takes several times as long.
  cpSync(template.directory, dataDirectory, { recursive: true });
  return {
    kind: 'embedded',
    url: null,
    dataDirectory,
    prismaDirectory,
    remove: () => rm(dataDirectory, { recursive: true, force: true }),
  };
}

/** Runs SQL as whoever owns the database, outside the product. The embedded database must not be open elsewhere. */
export async function queryAsOwner<Row>(database: TestDatabase, sql: string): Promise<Row[]> {
  if (database.url !== null) {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end();
    }
  }
  const pglite = await PGlite.create({ dataDir: database.dataDirectory });
  try {
    return (await pglite.query(sql)).rows as Row[];
  } finally {
    await pglite.close();
  }
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
