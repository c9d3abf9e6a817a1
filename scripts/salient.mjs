// `pnpm salient <command>`: what an operator does beside running the server.
import { doctor } from './doctor/doctor.mjs';

const [command, ...rest] = process.argv.slice(2);

if (command === 'doctor') {
  process.exitCode = await doctor(rest);
} else {
  console.error('Usage: pnpm salient doctor <address of a page> [--tag <html>] [--no-question] [--json]');
  process.exitCode = 2;
}
