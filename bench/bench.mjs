// `pnpm bench [suite or group ...] [--profile] [--page name ...]`: measures the built server and widget. README.md says how to read it.
import { createBench } from './lib/create-bench.mjs';
import { createCleanup } from './lib/create-cleanup.mjs';
import { describeMachine } from './lib/describe-machine.mjs';
import { formatTable } from './lib/format-table.mjs';
import { leaveTargetCore } from './lib/pin-to-cores.mjs';
import { readArguments } from './lib/read-arguments.mjs';
import { suites } from './suites/index.mjs';

const cleanup = createCleanup();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    interrupted = true;
    void cleanup.run().finally(() => process.exit(130));
  });
}

try {
  await run();
} catch (error) {
  // What fails because its processes have just been ended is no news.
  if (!interrupted) console.error(`bench: ${/** @type {Error} */ (error).message}`);
  process.exitCode = 1;
} finally {
  await cleanup.run();
}

async function run() {
  const choice = readArguments(process.argv.slice(2), suites);
  console.log(`${describeMachine()}\n${leaveTargetCore()}\n`);
  const bench = createBench(cleanup, choice);
  for (const suite of choice.suites) {
    for (const table of await suite.run(bench)) console.log(formatTable(table));
  }
}
