// Runs a throwaway PostgreSQL in a process of its own for as long as its standard input stays open. However the one who
// started it ends (done, Ctrl-C, killed), the input closes, and neither the server nor its files are left behind.
// The lines `down` and `up` on it stop the server and start it again, for tests of a restart.
// Arguments: the folder of the PostgreSQL programs, and the port.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findOrdinaryUser } from './find-ordinary-user.mjs';
import { projectRoot } from './project-root.mjs';

// Durability is worth nothing to a database that is thrown away.
const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
];

const [installed = '', port = ''] = process.argv.slice(2);
const owner = findOrdinaryUser();
const folder = mkdtempSync(join(tmpdir(), 'salient-postgres-'));
const cluster = join(folder, 'cluster');
// English, because the line that says it is ready is looked for.
const options = { cwd: tmpdir(), env: { ...process.env, LC_ALL: 'C' }, ...owner };

process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
const programs = makeReachable();
createCluster();
/** @type {import('node:child_process').ChildProcess} */
let server;
let isWanted = true;
runServer();
process.stdin.setEncoding('utf8').on('data', (/** @type {string} */ line) => {
  isWanted = line.includes('up');
  if (!isWanted) stopServer();
  else if (server.exitCode === null) server.once('exit', runServer);
  else runServer();
});
process.stdin.once('close', () => {
  isWanted = true;
  if (server.exitCode !== null) process.exit(0);
  stopServer();
});

/** Programs inside the project may lie below a folder that only root can enter, such as /root; then a copy is run. */
function makeReachable() {
  if (owner.uid === undefined || !installed.startsWith(projectRoot)) return installed;
  const copy = join(folder, 'programs');
  cpSync(dirname(installed), copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return join(copy, 'bin');
}

function createCluster() {
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C';
  const wishes = ['--username=postgres', '--auth=trust', '--encoding=UTF8', `--locale=${locale}`, '--no-sync'];
  const { status, error } = spawnSync(join(programs, 'initdb'), [`--pgdata=${cluster}`, ...wishes], {
    ...options,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(1);
}

function runServer() {
  const serverArguments = ['-D', cluster, '-p', port, ...settings.flatMap((setting) => ['-c', setting])];
  server = spawn(join(programs, 'postgres'), serverArguments, {
    ...options,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  server.once('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  server.once('exit', (code) => {
    if (isWanted) process.exit(code ?? 1);
  });
}

/** To PostgreSQL, SIGINT means: end all connections, then stop. */
function stopServer() {
  server.kill('SIGINT');
}
