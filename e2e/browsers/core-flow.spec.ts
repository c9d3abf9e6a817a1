import { widgetTag } from '../support/chat.ts';
import { strictPolicy } from '../support/strict-policy.ts';
import { test } from '../support/test.ts';
import { watchPageScript } from '../support/watch-page.ts';
import { runCoreFlow } from './core-flow.ts';
import { browserNames, openDriver } from './open-driver.ts';

for (const name of browserNames) {
  test(`${name}: the core flow, on a page with a strict CSP and Trusted Types (R4, R5)`, async ({
    salient,
    hostPage,
  }) => {
    const { url } = await hostPage(
      `<!doctype html><html lang="en"><title>Bank</title><script src="/watch.js"></script><h1>Bank</h1>
      ${widgetTag(salient.url)}</html>`,
      {
        headers: { 'Content-Security-Policy': strictPolicy(salient.url) },
        files: { '/watch.js': watchPageScript },
      },
    );
    const driver = await openDriver(name);
    try {
      await runCoreFlow(driver, url);
    } finally {
      await driver.close();
    }
  });
}
