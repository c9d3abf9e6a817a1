import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type ErrorRegistry,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

// Loading takes a second, so it is done once.
let engineModule: Promise<EngineModule> | undefined;

export interface LoadedEngine {
  engine: SchemaEngine;
  /** The driver's errors. The engine's own only carry their number. */
  driverErrors: ErrorRegistry;
}

/**
 * Prisma's schema engine as WebAssembly: what `prisma migrate` runs on, without its native binary, through any driver
 * adapter.
 */
export async function loadSchemaEngine(
  adapterFactory: SqlMigrationAwareDriverAdapterFactory,
  schema: string,
): Promise<LoadedEngine> {
  engineModule ??= instantiate();
  const { SchemaEngine: Engine } = await engineModule;
  const adapter = bindMigrationAwareSqlAdapterFactory(adapterFactory);
  const engine = await Engine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, adapter);
  return { engine, driverErrors: adapter.errorRegistry };
}

/** The package is made for bundlers that load `.wasm` files; Node does not, so it is put together by hand. */
async function instantiate(): Promise<EngineModule> {
  const glueFile = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  // The glue has one slot for its instance. A copy of its own keeps whoever else loads it out of ours.
  const glue = (await import(/* @vite-ignore */ `${pathToFileURL(glueFile).href}?${randomUUID()}`)) as EngineModule;
  const bytes = await readFile(glueFile.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue as never });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return glue;
}
