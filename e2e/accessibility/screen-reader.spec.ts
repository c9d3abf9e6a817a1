import { chatOn, widgetTag } from '../support/chat.ts';
import { shopPage } from '../support/shop-page.ts';
import { expect, test } from '../support/test.ts';

test('an answer is spoken sentence by sentence, not token by token, and each one once (R10)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const text = 'Yes, we do. Norway takes **four** days.\n\n- by post\n- by courier\n\nAnything else?';
  const agent = await scriptedAgent({ answer: { pieces: text.match(/.{1,3}/gsu) ?? [], pauseMs: 15 } });
  await page.goto((await hostPage(shopPage({ tag: widgetTag(agent.url) }))).url);
  const chat = chatOn(page);
  await chat.open();
  const region = chat.panel.locator('[aria-live="polite"]');
  await expect(region).toHaveCount(1);
  await expect(chat.log).toHaveAttribute('aria-live', 'off');
  await region.evaluate((element) => {
    const spoken: string[] = [];
    Object.assign(window, { spoken });
    new MutationObserver((records) => {
      for (const { type, addedNodes } of records) {
        if (type === 'characterData') spoken.push('(changed a line)');
        for (const node of addedNodes) spoken.push(node.textContent ?? '');
      }
    }).observe(element, { childList: true, characterData: true, subtree: true });
  });
  await chat.ask('Do you ship?');
  await expect(chat.panel.getByRole('button', { name: 'Copy answer' })).toBeVisible();
  const spoken = await page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
  expect(spoken.join(' ')).toBe(
    'Writing an answer… Yes, we do. Norway takes four days. by post by courier Anything else?',
  );
  // Sentences that arrive in one frame may be spoken in one breath; none is begun and left.
  for (const line of spoken) expect(line).toMatch(/([.?…]|by post|by courier)$/);
});
