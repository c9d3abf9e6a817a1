import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, loadConfig, type Config } from './config.ts';
import { createLog } from './log.ts';
import { startServer, type RunningServer } from './start-server.ts';
import { describeStart } from './describe-start.ts';

// The bundle is packages/server/dist/main.js.
const projectDirectory = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

const inDevelopment = (process.env['NODE_ENV'] || 'development') === 'development';
if (inDevelopment && existsSync('.env')) process.loadEnvFile('.env');

try {
  await run(loadConfig());
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}

async function run(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const server = await startServer(config, { project: projectDirectory }, log);
  // People read the one, machines the other.
  if (config.production) log.info({ url: server.url, database: server.database.kind }, 'listening');
  else console.log(await describeStart(server, config, log));
  process.send?.({ type: 'ready', url: server.url });
  stopOnSignal(server);
}

/** The first signal drains; the second one ends at once. */
function stopOnSignal(server: RunningServer): void {
  let stopping = false;
  // `disconnect`: whoever started us is gone.
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      server.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(explain(error));
          process.exit(1);
        },
      );
    });
  }
}

/** One line for what the operator can mend, everything for what they cannot. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { name, code, message, stack } = error as NodeJS.ErrnoException;
  if (name === 'MigrationError' || name === 'EmbeddedInUseError') return `Cannot start: ${message}`;
  if (code === 'EADDRINUSE') return `Cannot start: the port is in use (${message}). Choose another with PORT=3001.`;
  if (code === 'ECONNREFUSED') return 'Cannot start: DATABASE_URL: the database server does not answer.';
  return stack ?? String(error);
}
