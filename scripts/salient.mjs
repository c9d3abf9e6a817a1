// `pnpm salient <command>`: what an operator does beside running the server.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { doctor } from './doctor/doctor.mjs';
import { projectRoot } from './toolchain/project-root.mjs';

const [command, ...rest] = process.argv.slice(2);
const serverCommand = join(projectRoot, 'packages/server/dist/command.js');

if (command === 'doctor') {
  process.exitCode = await doctor(rest);
} else if (command === undefined) {
  console.error('Usage: pnpm salient doctor <address of a page> [--tag <html>] [--no-question] [--json]');
  console.error('       pnpm salient help, for what works on the database');
  process.exitCode = 2;
} else if (existsSync(serverCommand)) {
  // On the server's own database, with the server's own settings.
  const { status } = spawnSync(process.execPath, [serverCommand, command, ...rest], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  console.error('The server has not been built yet. Run: npm start, or pnpm build');
  process.exitCode = 2;
}
