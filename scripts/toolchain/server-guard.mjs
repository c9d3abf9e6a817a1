// Runs a throwaway server in a process of its own for as long as its standard input stays open. However the one who
// started it ends (done, Ctrl-C, killed), the input closes, and neither the server nor its folder is left behind.
// Argument, as JSON: { program, programArguments, folder, asOrdinaryUser }.
import { spawn } from 'node:child_process';
import { chownSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findOrdinaryUser } from './find-ordinary-user.mjs';

const { program, programArguments, folder, asOrdinaryUser } = JSON.parse(process.argv[2] ?? '{}');
const owner = asOrdinaryUser ? findOrdinaryUser() : {};
if (owner.uid !== undefined && owner.gid !== undefined) {
  for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))])
    chownSync(path, owner.uid, owner.gid);
}
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const server = spawn(program, programArguments, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], ...owner });
server.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
server.once('exit', (code) => process.exit(code ?? 1));
process.stdin.resume().once('close', () => server.kill('SIGTERM'));
