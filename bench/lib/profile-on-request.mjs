// Preloaded into every program the bench starts. It does nothing until it is sent `{type: 'profile-start'}`; then a CPU
// profile is recorded until `{type: 'profile-stop', file}`, which writes it and is answered with `{type: 'profile-written'}`.
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

const SAMPLING_INTERVAL_US = 250;

/** @type {Session | null} */
let session = null;

process.on('message', (/** @type {{ type?: string, file?: string }} */ { type, file }) => {
  if (type === 'profile-start') void start();
  if (type === 'profile-stop' && file) void stop(file);
});

async function start() {
  session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await session.post('Profiler.start');
}

/** @param {string} file */
async function stop(file) {
  if (!session) return;
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  session = null;
  await writeFile(file, JSON.stringify(profile));
  process.send?.({ type: 'profile-written' });
}
