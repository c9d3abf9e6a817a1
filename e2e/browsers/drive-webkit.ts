import { Builder, By, Capabilities, Key, type WebDriver } from 'selenium-webdriver';
import { startProgram } from './start-program.ts';
import { findFreePort } from '../../scripts/toolchain/find-free-port.mjs';
import { windowSize, type BrowserDriver, type DriverSettings } from './browser-driver.ts';

/**
 * The system's WebKit over WebDriver, on a screen of its own. Its windows are always private, and by itself it blocks the
 * cookies of other sites.
 */
export async function driveWebkit(
  driverProgram: string,
  xvfbProgram: string,
  settings: DriverSettings = {},
): Promise<BrowserDriver> {
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
  const session = await openSession(port, settings).catch((error: unknown) => stop().then(() => Promise.reject(error)));
  const keys = { Enter: Key.ENTER, Escape: Key.ESCAPE };
  return {
    goto: (url) => session.get(url),
    reload: () => session.navigate().refresh(),
    async evaluate(read, argument, frame) {
      if (frame !== undefined) await session.switchTo().frame(await session.findElement(By.css(frame)));
      try {
        return await session.executeScript(`return (${read.toString()})(arguments[0])`, argument);
      } finally {
        await session.switchTo().defaultContent();
      }
    },
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
async function openSession(port: number, { blockedCookies }: DriverSettings): Promise<WebDriver> {
  const capabilities = new Capabilities({ browserName: 'MiniBrowser', acceptInsecureCerts: true });
  if (blockedCookies) {
    const policy = { 'third-party': 'no-third-party', all: 'never' }[blockedCookies];
    capabilities.set('webkitgtk:browserOptions', { args: ['--automation', `--cookies-policy=${policy}`] });
  }
  const session = await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build();
  await session
    .manage()
    .window()
    .setRect({ x: 0, y: 0, ...windowSize });
  return session;
}
