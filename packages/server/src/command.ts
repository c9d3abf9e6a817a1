import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError, runCommand } from './commands/run-command.ts';
import { ConfigError, loadConfig } from './config.ts';
import { openDatabase } from './db/index.ts';

// `pnpm salient <command>`, on the database that the server uses. The bundle is packages/server/dist/command.js.
const projectDirectory = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

const inDevelopment = (process.env['NODE_ENV'] || 'development') === 'development';
if (inDevelopment && existsSync('.env')) process.loadEnvFile('.env');

try {
  const config = loadConfig();
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDirectory: config.dataDirectory,
    prismaDirectory: path.join(projectDirectory, 'prisma'),
  });
  try {
    process.exitCode = await runCommand(process.argv.slice(2), { config, database, print: console.log });
  } finally {
    await database.close();
  }
} catch (error) {
  const isExplained =
    error instanceof CommandError || error instanceof ConfigError || (error as Error).name === 'EmbeddedInUseError';
  console.error(isExplained ? (error as Error).message : error);
  process.exitCode = 2;
}
