import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';

/**
 * The same adapter, for migrations: a script goes to the database in one piece, which PostgreSQL runs as one transaction.
 * The stock adapters cut scripts at every semicolon, also inside functions, or do not wait for them and lose their errors.
 */
export function sendScriptsWhole(
  factory: SqlMigrationAwareDriverAdapterFactory,
  sendScript: (script: string) => Promise<unknown>,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    async connect() {
      const adapter = await factory.connect();
      adapter.executeScript = async (script) => {
        await sendScript(script);
      };
      return adapter;
    },
  };
}
