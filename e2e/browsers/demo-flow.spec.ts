import { chatAt } from './drive-chat.ts';
import { expect, test } from './driver-test.ts';
import { browserNames } from './open-driver.ts';
import { watchStreams } from './read-chats.ts';

const agents = [
  { path: 'default_account/agents/simple_chat1', question: 'What is your return policy?', answer: '30 days' },
  { path: 'default_account/agents/simple_chat2', question: 'Do you give bulk discounts?', answer: 'from 10 items' },
  { path: 'acme/agents/acme_chat1', question: 'How do I reset my password?', answer: 'Forgot' },
];

for (const name of browserNames) {
  test.describe(name, () => {
    test.slow();

    test('tag and iframe on the comparison page both answer, and neither shows what is said in the other', async ({
      salient,
      openBrowser,
    }) => {
      const driver = await openBrowser(name);
      const tag = chatAt(driver);
      const frame = chatAt(driver, { frame: '#compared-frame' });
      const heard = () => driver.evaluate(() => document.querySelector('[data-heard="frame"]')?.textContent);
      await driver.goto(`${salient.url}/demo/embedding-comparison`);
      await expect.poll(heard).toContain('salient:ready');
      await tag.ask('How long does shipping take?', 'business days');
      await frame.ask('What is your return policy?', '30 days of delivery');
      expect(await frame.logText()).not.toContain('How long does shipping take?');
      expect(await tag.logText()).not.toContain('What is your return policy?');
    });

    test('three agents on one page: three sessions, three histories, separate addresses, also after a reload', async ({
      salient,
      openBrowser,
    }) => {
      const driver = await openBrowser(name);
      const chats = agents.map((_, index) => chatAt(driver, { within: `#chat-${index + 1}` }));
      const sessions = () =>
        driver.evaluate(() =>
          [...document.querySelectorAll('[data-field="session"]')].map((field) => field.textContent),
        );
      const verdict = () => driver.evaluate(() => document.querySelector('#verdict')?.textContent);
      const threeApart = 'One visitor, three sessions, three histories, no id in common.';

      await driver.goto(`${salient.url}/demo/multi-tenant-examples`);
      await driver.evaluate(watchStreams);
      for (const [index, { question, answer }] of agents.entries()) await chats[index]!.ask(question, answer);
      await expect.poll(verdict).toBe(threeApart);
      const before = await sessions();
      expect(new Set(before).size).toBe(3);
      const asked = await driver.evaluate(() => window.streamPaths);
      expect(asked).toEqual(agents.map(({ path }) => `/accounts/${path}/stream`));

      await driver.reload();
      await expect.poll(verdict).toBe(threeApart);
      expect(await sessions()).toEqual(before);
      for (const [index, chat] of chats.entries()) {
        await chat.expectLog(agents[index]!.answer);
        for (const other of agents) {
          if (other !== agents[index]) expect(await chat.logText()).not.toContain(other.question);
        }
      }
    });
  });
}
