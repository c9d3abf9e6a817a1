import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';

const ENGINE_LOCK = /^\s*SELECT pg_advisory_lock\(\d+\);?\s*$/i;

/**
 * The same adapter, for migrations under a lock of our own: the schema engine does not take its own as well. That one
 * belongs to a session; behind a pooler it would stay on a connection that others get, and the next start would wait for
 * it for ever.
 */
export function withoutEngineLock(
  factory: SqlMigrationAwareDriverAdapterFactory,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    async connect() {
      const adapter = await factory.connect();
      const execute = adapter.executeRaw.bind(adapter);
      adapter.executeRaw = async (statement) => (ENGINE_LOCK.test(statement.sql) ? 0 : execute(statement));
      return adapter;
    },
  };
}
