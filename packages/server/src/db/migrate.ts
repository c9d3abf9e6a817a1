import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ErrorRegistry, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { RunStatement } from './run-statement.ts';
import { loadSchemaEngine } from './schema-engine.ts';

const NO_FILTERS = { externalTables: [], externalEnums: [] };

/** Folder with `schema.prisma` and `migrations/`. */
export interface PrismaFolder {
  directory: string;
}

/** A migration that the database refused. Nothing of it is left behind, and it may be mended and tried again. */
class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Whether every migration has been applied. A moment's look, so that a start need not load the engine, or lock anybody out. */
export async function isMigrated(run: RunStatement, { directory }: PrismaFolder): Promise<boolean> {
  const [table] = await run<{ exists: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`, []);
  if (!table?.exists) return false;
  const applied = await run<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    [],
  );
  const names = new Set(applied.map(({ name }) => name));
  return (await readMigrationNames(path.join(directory, 'migrations'))).every((name) => names.has(name));
}

/**
 * Applies the migrations that the database has not seen yet, in order; each whole or not at all. Returns their names.
 *
 * @throws {MigrationError} naming the migration and what the database said
 */
export async function migrate(
  adapterFactory: SqlMigrationAwareDriverAdapterFactory,
  { directory }: PrismaFolder,
): Promise<string[]> {
  const migrationsList = await readMigrations(path.join(directory, 'migrations'));
  const { engine, driverErrors } = await loadSchemaEngine(adapterFactory, await readSchema(directory));
  const findFailed = async () => {
    const state = { migrationsList, filters: NO_FILTERS, optInToShadowDatabase: false };
    return (await engine.diagnoseMigrationHistory(state)).failedMigrationNames;
  };
  try {
    // Noted as begun by a process that was refused or killed. The script was one transaction, so nothing else is left
    // of it; but the engine does not go on past the note.
    for (const migrationName of await findFailed()) await engine.markMigrationRolledBack({ migrationName });
    const result = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
    return result.appliedMigrationNames;
  } catch (error) {
    throw explain(error as Error, driverErrors);
  } finally {
    engine.free();
  }
}

/**
 * The SQL that would bring a migrated database to what `schema.prisma` says; null when the two agree. Policies, roles,
 * functions and partial indexes are outside what Prisma compares.
 */
export async function findDrift(
  adapterFactory: SqlMigrationAwareDriverAdapterFactory,
  { directory }: PrismaFolder,
): Promise<string | null> {
  const schema = await readSchema(directory);
  const { engine } = await loadSchemaEngine(adapterFactory, schema);
  const files = { files: [{ path: 'schema.prisma', content: schema }], configDir: directory };
  try {
    const result = await engine.diff({
      from: { tag: 'schemaDatasource', ...files },
      to: { tag: 'schemaDatamodel', ...files },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    });
    return result.exitCode === 2 ? (result.stdout ?? '') : null;
  } finally {
    engine.free();
  }
}

function explain(error: Error, driverErrors: ErrorRegistry): Error {
  const record = driverErrors.consumeError(Number(/External error id#(\d+)/.exec(error.message)?.[1]));
  if (!record) return error;
  const name = /migration_name="([^"]+)"/.exec(error.message)?.[1];
  const reason = (record.error as Error).message;
  return name === undefined
    ? (record.error as Error)
    : new MigrationError(`Migration ${name} failed and was undone: ${reason}`, { cause: record.error });
}

function readSchema(directory: string): Promise<string> {
  return readFile(path.join(directory, 'schema.prisma'), 'utf8');
}

async function readMigrationNames(baseDir: string): Promise<string[]> {
  const entries = await readdir(baseDir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

async function readMigrations(baseDir: string) {
  const names = await readMigrationNames(baseDir);
  return {
    baseDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(path.join(baseDir, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(path.join(baseDir, name, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  };
}
