import { Builder, Capabilities, Key, type WebDriver } from 'selenium-webdriver';
import { startProgram } from './start-program.ts';
import { findFreePort } from '../../scripts/toolchain/find-free-port.mjs';
import type { BrowserDriver } from './browser-driver.ts';

/** The system's WebKit over WebDriver, on a screen of its own. */
export async function driveWebkit(driverProgram: string, xvfbProgram: string): Promise<BrowserDriver> {
  // The server picks a free number and writes it, with a line end, when it takes connections.
  const screen = await startProgram(
    xvfbProgram,
    ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'],
    {
      isReady: (output) => /^\d+\n/m.test(output),
    },
  );
  const port = await findFreePort();
  const server = await startProgram(driverProgram, [`--port=${port}`, '--host=127.0.0.1'], {
    env: { DISPLAY: `:${/^\d+/m.exec(screen.output())?.[0]}`, GDK_BACKEND: 'x11' },
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/status`)).ok,
  }).catch((error: unknown) => screen.stop().then(() => Promise.reject(error)));
  const stop = async () => {
    await server.stop();
    await screen.stop();
  };
  const session = await openSession(port).catch((error: unknown) => stop().then(() => Promise.reject(error)));
  const keys = { Enter: Key.ENTER, Escape: Key.ESCAPE };
  return {
    goto: (url) => session.get(url),
    reload: () => session.navigate().refresh(),
    evaluate: (read) => session.executeScript(`return (${read.toString()})()`),
    click: (x, y) =>
      session
        .actions()
        .move({ x: Math.round(x), y: Math.round(y) })
        .click()
        .perform(),
    type: (text) => session.actions().sendKeys(text).perform(),
    press: (key) => session.actions().sendKeys(keys[key]).perform(),
    async close() {
      await session.quit();
      await stop();
    },
  };
}

/** WebKitWebDriver's own browser is MiniBrowser. */
async function openSession(port: number): Promise<WebDriver> {
  return new Builder()
    .usingServer(`http://127.0.0.1:${port}`)
    .withCapabilities(new Capabilities({ browserName: 'MiniBrowser' }))
    .build();
}
