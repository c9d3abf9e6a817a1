import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../src/db/index.ts';
import { projectDirectory } from './project-directory.ts';

/** The migrated database that suites copy. */
export type DatabaseTemplate =
  | { kind: 'embedded'; directory: string }
  | { kind: 'postgres'; url: string; name: string };

declare module 'vitest' {
  export interface ProvidedContext {
    databaseTemplate: DatabaseTemplate;
  }
}

/** Migrates one database before the suites of a project run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const prismaDirectory = path.join(projectDirectory, 'prisma');
  if (project.config.env['SALIENT_TEST_DATABASE'] === 'postgres') {
    const { startPostgres } = await import('../../../scripts/start-postgres.mjs');
    const { url, stop } = await startPostgres();
    const name = 'salient_template';
    const template = new URL(url);
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`DROP DATABASE IF EXISTS ${name}`);
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    template.pathname = `/${name}`;
    const database = await openDatabase({ url: template.toString(), dataDirectory: '', prismaDirectory });
    await database.close();
    project.provide('databaseTemplate', { kind: 'postgres', url, name });
    return stop;
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'salient-template-'));
  const database = await openDatabase({ url: null, dataDirectory: directory, prismaDirectory });
  await database.close();
  await dropUnused(directory);
  project.provide('databaseTemplate', { kind: 'embedded', directory });
  return () => rm(directory, { recursive: true, force: true });
}

/** Drops the databases that PostgreSQL makes others of: two thirds of the files that every suite copies. */
async function dropUnused(directory: string): Promise<void> {
  const pglite = await PGlite.create({ dataDir: directory });
  await pglite.exec('UPDATE pg_database SET datistemplate = false, datallowconn = true');
  await pglite.exec('DROP DATABASE template0');
  await pglite.exec('DROP DATABASE template1');
  await pglite.close();
}
