// `pnpm check`: everything that must hold, cheapest first; stops at the first thing that does not.
import { ensureBrowser } from './find-browser.mjs';
import { ensureFirefox } from './find-firefox.mjs';
import { ensureWebkit } from './find-webkit.mjs';
import { exitWithError, ExplainedError } from './toolchain/explained-error.mjs';
import { ensurePnpm, runPnpm } from './toolchain/pnpm.mjs';
import { readTestCounts, removeTestReports } from './toolchain/read-test-counts.mjs';
import { runStep } from './toolchain/run-step.mjs';

/** Name of the step, and the package.json script that is it. The Prisma client comes first: lint and types read it. */
const steps = {
  'prisma client': 'generate',
  format: 'format',
  lint: 'lint',
  types: 'types',
  boundaries: 'boundaries',
  'unused code': 'unused',
  'unit and integration tests': 'test:unit',
  build: 'build',
  'bundle sizes': 'size',
  'packages for npm': 'build:packages',
  'end-to-end tests': 'test:e2e',
};

try {
  removeTestReports();
  await ensurePnpm();
  process.env.SALIENT_BROWSER = await ensureBrowser();
  process.env.SALIENT_FIREFOX = await ensureFirefox();
  process.env.SALIENT_WEBKIT = await ensureWebkit();
  for (const [name, script] of Object.entries(steps)) await runStep(name, () => runPnpm(['run', script]));
  requireTestsRan();
  printCounts();
} catch (error) {
  printCounts();
  exitWithError(error);
}

/** A runner that found no test, or skipped some, proves less than it seems to. */
function requireTestsRan() {
  const { passed, skipped, reports } = readTestCounts();
  if (reports < 2 || passed === 0) throw new ExplainedError('A test runner ended well but ran no tests.');
  if (skipped > 0) throw new ExplainedError(`${skipped} tests were skipped; every test must run.`);
}

function printCounts() {
  const { passed, failed, reports } = readTestCounts();
  if (reports > 0) console.log(`\n${passed} passed, ${failed} failed`);
}
