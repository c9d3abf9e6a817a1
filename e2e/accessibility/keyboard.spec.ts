import type { Page } from '@playwright/test';
import { chatOn, widgetTag } from '../support/chat.ts';
import { openState } from '../support/open-state.ts';
import { shopPage } from '../support/shop-page.ts';
import { englishTexts } from '../support/state-texts.ts';
import { expect, test } from '../support/test.ts';
import { widgetStates } from '../support/widget-states.ts';

const states = widgetStates(englishTexts);

/** What has the focus inside the widget, and whether one can see it. Null while the page has it. */
const readFocus = (page: Page) =>
  page.evaluate(() => {
    const element = document.querySelector('salient-chat')?.shadowRoot?.activeElement;
    if (!element) return null;
    const isMarked = (candidate: Element | null) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(candidate!);
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
    };
    return {
      name: element.getAttribute('aria-label') ?? element.textContent,
      isVisible: isMarked(element) || isMarked(element.closest('.composer-box') ?? element),
    };
  });

const countStops = (page: Page) =>
  page.evaluate(
    () =>
      [
        ...document
          .querySelector('salient-chat')!
          .shadowRoot!.querySelectorAll<HTMLElement>('.panel :is(button, textarea, a[href], summary, [tabindex="0"])'),
      ].filter((stop) => !stop.matches(':disabled, details:not([open]) > a') && stop.getClientRects().length > 0)
        .length,
  );

test('Tab visits everything in the panel, visibly, and then goes back to the page (R10)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  await openState({ page, hostPage, scriptedAgent }, states['answer']!);
  const stops = await countStops(page);
  await page.locator('salient-chat .launcher').focus();
  const visited: string[] = [];
  for (let presses = 0; presses < stops + 1; presses++) {
    await page.keyboard.press('Tab');
    const focus = await readFocus(page);
    if (!focus) break;
    expect(focus.isVisible, `the focus on "${focus.name}" can be seen`).toBe(true);
    visited.push(focus.name ?? '');
  }
  expect(visited).toHaveLength(stops);
  expect(visited).toEqual(expect.arrayContaining(['New conversation', 'Conversation', 'Copy answer', 'Message']));
  expect(await readFocus(page), 'after the last stop').toBeNull();
});

test('on a phone the sheet keeps the focus, and gives it back when it is closed (R10)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  await page.setViewportSize({ width: 390, height: 780 });
  const agent = await scriptedAgent();
  await page.goto((await hostPage(shopPage({ tag: widgetTag(agent.url) }))).url);
  const chat = chatOn(page);
  await chat.launcher.focus();
  await page.keyboard.press('Enter');
  await expect(chat.panel).toBeFocused();
  await expect(chat.panel).toHaveAttribute('aria-modal', 'true');
  const stops = await countStops(page);
  for (const key of ['Shift+Tab', 'Tab', 'Shift+Tab']) {
    for (let presses = 0; presses < stops * 2; presses++) {
      await page.keyboard.press(key);
      expect(await readFocus(page)).not.toBeNull();
    }
  }
  await page.keyboard.press('Escape');
  await expect(chat.launcher).toBeFocused();
});

test('a starter, a copy, a rating, a source and a new conversation need no mouse (R10)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  await openState({ page, hostPage, scriptedAgent }, { ...states['answer']!, arrange: states['greeting']!.arrange });
  const chat = chatOn(page);
  const press = async (name: RegExp | string, key: string) => {
    await chat.panel.getByRole('button', { name }).last().focus();
    await page.keyboard.press(key);
  };
  await press('What is your return policy?', 'Enter');
  await expect(chat.log.locator('.bubble')).toHaveText('What is your return policy?');
  await expect(chat.composer).toBeFocused();

  await press('Copy answer', 'Enter');
  await expect(chat.panel.locator('.confirmation')).toHaveText(/Copied|Could not copy/);
  await press('Good answer', 'Space');
  await expect(chat.panel.getByRole('button', { name: 'Good answer' })).toHaveAttribute('aria-pressed', 'true');
  await chat.panel.locator('summary').last().focus();
  await page.keyboard.press('Enter');
  await expect(chat.panel.getByRole('link', { name: 'example.com' }).last()).toBeVisible();

  await press('New conversation', 'Enter');
  await expect(chat.panel.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(chat.panel.getByRole('alertdialog')).toHaveCount(0);
  await expect(chat.panel.getByRole('button', { name: 'New conversation' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(chat.panel.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(chat.log.locator('.bubble')).toHaveCount(0);
  await expect(chat.composer).toBeFocused();
});
