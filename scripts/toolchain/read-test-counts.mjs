import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';

// Where vitest.config.ts and e2e/playwright.config.ts let their runners write.
const vitestReport = join(projectRoot, 'test-results', 'vitest.json');
const playwrightReport = join(projectRoot, 'test-results', 'playwright.json');

/** Takes away the reports of an earlier run, which must not count for this one. */
export function removeTestReports() {
  for (const report of [vitestReport, playwrightReport]) rmSync(report, { force: true });
}

/**
 * Adds up what the test runners reported.
 *
 * @returns {{ passed: number, failed: number, skipped: number, reports: number }} reports: how many runners reported
 */
export function readTestCounts() {
  const counts = [readVitest(), readPlaywright()].filter((count) => count !== undefined);
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
    counts.reduce((total, count) => total + count[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), reports: counts.length };
}

function readVitest() {
  if (!existsSync(vitestReport)) return undefined;
  const report = JSON.parse(readFileSync(vitestReport, 'utf8'));
  // A file that could not even be loaded has no tests to count; it is one failure.
  const brokenFiles = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function readPlaywright() {
  if (!existsSync(playwrightReport)) return undefined;
  const { stats, errors } = JSON.parse(readFileSync(playwrightReport, 'utf8'));
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped };
}
