import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chatAt } from './drive-chat.ts';
import { expect, hosts, test } from './driver-test.ts';
import { browserNames } from './open-driver.ts';

const wrapperFile = fileURLToPath(new URL('../../packages/widget/dist/iframe-wrapper.html', import.meta.url));
const sandboxes = {
  'as the contract has it': 'allow-scripts allow-same-origin allow-forms allow-popups',
  'without an origin': 'allow-scripts allow-forms allow-popups',
};
const returns = ['What is your return policy?', '30 days of delivery'] as const;
const password = ['How do I reset my password?', 'Forgot'] as const;

const inFrame = (src: string, sandbox?: string) =>
  `<!doctype html><html lang="en"><title>Shop</title><iframe src="${src}" title="Chat" width="420" height="640"
    ${sandbox ? `sandbox="${sandbox}"` : ''}></iframe>`;

for (const name of browserNames) {
  test.describe(name, () => {
    test.slow();

    test('the wrapper alone is a page with the chat of its default agent, and by query with another', async ({
      openWeb,
      openBrowser,
    }) => {
      const web = await openWeb({ salientHost: hosts.salient, hosts: [], sites: () => ({}) });
      const wrapper = `${web.url(hosts.salient)}/iframe-wrapper.html`;
      const driver = await openBrowser(name);
      const chat = chatAt(driver);
      await driver.goto(wrapper);
      await chat.open();
      await chat.ask(...returns);
      await driver.goto(`${wrapper}?account=acme&agent=acme_chat1`);
      await chat.open();
      await chat.ask(...password);
      expect(await chat.logText()).not.toContain(returns[1]);
      await driver.goto(`${wrapper}?account=acme&theme=dark`);
      expect(await driver.evaluate(() => document.querySelector('[role="alert"]')?.textContent)).toContain(
        '"theme" is not known',
      );
    });

    test('the wrapper works inside a foreign page, and in both sandboxes (V3)', async ({ openWeb, openBrowser }) => {
      const web = await openWeb({
        salientHost: hosts.salient,
        hosts: [hosts.alder],
        sites: (url) => {
          const src = `${url(hosts.salient)}/iframe-wrapper.html`;
          return {
            [hosts.alder]: {
              '/': inFrame(src),
              ...Object.fromEntries(
                Object.values(sandboxes).map((sandbox, index) => [`/sandbox-${index}`, inFrame(src, sandbox)]),
              ),
            },
          };
        },
      });
      const driver = await openBrowser(name);
      for (const path of ['/', ...Object.keys(sandboxes).map((_, index) => `/sandbox-${index}`)]) {
        await driver.goto(web.url(hosts.alder) + path);
        const chat = chatAt(driver, { frame: 'iframe' });
        await chat.open();
        await chat.ask(...returns);
      }
    });

    test('a copy of the wrapper, edited and on a site of its own, works in a third one and keeps the conversation', async ({
      openWeb,
      openBrowser,
    }) => {
      const wrapper = await readFile(wrapperFile, 'utf8');
      const web = await openWeb({
        salientHost: hosts.salient,
        hosts: [hosts.alder, hosts.birch],
        sites: (url) => ({
          [hosts.alder]: {
            '/': inFrame('/salient-chat.html'),
            '/salient-chat.html': wrapper
              .replace("account: 'default_account'", "account: 'acme'")
              .replace("agent: 'simple_chat1'", "agent: 'acme_chat1'")
              .replace("backend: ''", `backend: '${url(hosts.salient)}'`),
          },
          [hosts.birch]: { '/': inFrame(`${url(hosts.alder)}/salient-chat.html`) },
        }),
      });
      const driver = await openBrowser(name);
      for (const host of [hosts.alder, hosts.birch]) {
        await driver.goto(web.url(host));
        const chat = chatAt(driver, { frame: 'iframe' });
        await chat.open();
        expect(await chat.logText()).not.toContain(password[1]);
        await chat.ask(...password);
        await driver.reload();
        await chat.open();
        await chat.expectLog(password[1]);
      }
    });
  });
}
