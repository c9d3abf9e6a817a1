import { buildWhenChanged } from './build-when-changed.mjs';
import { exitWithError } from './explained-error.mjs';
import { installDependencies } from './install-dependencies.mjs';
import { readSettings } from './read-settings.mjs';
import { requireFreePort } from './require-free-port.mjs';
import { superviseServer } from './supervise-server.mjs';

/** Everything from a fresh clone to a listening server; ends when the server does, with its exit code. */
export async function startServer() {
  try {
    await requireFreePort(readSettings());
    await installDependencies();
    await buildWhenChanged();
    process.exitCode = await superviseServer();
  } catch (error) {
    exitWithError(error);
  }
}
