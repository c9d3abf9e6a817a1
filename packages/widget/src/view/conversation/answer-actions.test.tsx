// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { renderPart } from '../../test/render-part.ts';
import { eventually } from '../../test/eventually.ts';
import { MessageList } from '../message-list.tsx';

async function setUp(settings = {}) {
  const part = renderPart(<MessageList isOpen />, { settings: { feedback: true, ...settings } });
  part.chat.send('hi');
  await eventually(() => expect(part.named('Copy answer')).toBeTruthy());
  const spoken = () => part.announcer.lines.value.map(({ text }) => text);
  return { ...part, spoken };
}

test('a copied answer is its Markdown source, and that it was copied is said in sight and in words', async () => {
  const { named, find, spoken } = await setUp();
  const copied: string[] = [];
  Object.defineProperty(navigator, 'clipboard', {
    configurable: true,
    value: { writeText: async (text: string) => void copied.push(text) },
  });
  named('Copy answer')!.click();
  await eventually(() => expect(find('.confirmation')?.textContent).toBe('Copied'));
  expect(copied).toEqual(['An answer.']);
  expect(spoken()).toContain('Copied');
});

test('where nothing can be copied, that is said as well', async () => {
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: undefined });
  Object.assign(document, { execCommand: () => false });
  const { named, find, spoken } = await setUp();
  named('Copy answer')!.click();
  await eventually(() => expect(find('.confirmation')?.textContent).toBe('Could not copy'));
  expect(spoken()).toContain('Could not copy');
});

test('a rating can be explained, and the thanks are said in sight and in words', async () => {
  const { api, find, named, spoken } = await setUp();
  named('Bad answer')!.click();
  await eventually(() => expect(find('.comment label')?.textContent).toBe('What went wrong?'));
  expect(api.calls).toContain('rate m1 down');
  find('.comment [type=submit]')!.click();
  expect(api.calls.filter((call) => call.startsWith('rate'))).toHaveLength(1);
  (find('.comment textarea') as HTMLTextAreaElement).value = ' Too short. ';
  find('.comment [type=submit]')!.click();
  await eventually(() => expect(find('.confirmation')?.textContent).toBe('Thank you for your comment.'));
  expect(api.calls).toContain('rate m1 down Too short.');
  expect(find('.comment')).toBeNull();
  expect(spoken()).toContain('Thank you for your comment.');
});

test('the same thumb again takes the rating back, and its question with it', async () => {
  const { api, find, named } = await setUp();
  named('Good answer')!.click();
  await eventually(() => expect(find('.comment')).toBeTruthy());
  expect(named('Good answer')!.getAttribute('aria-pressed')).toBe('true');
  named('Good answer')!.click();
  await eventually(() => expect(find('.comment')).toBeNull());
  expect(api.calls).toContain('rate m1 null');
});

test('only the last answer can be asked for again, and only the last question edited', async () => {
  const { api, chat, container, draft, named } = await setUp();
  chat.send('more');
  await eventually(() => expect(container.querySelectorAll('[aria-label="Copy answer"]')).toHaveLength(2));
  await eventually(() => expect(container.querySelectorAll('[aria-label="Answer again"]')).toHaveLength(1));
  expect(container.querySelectorAll('[aria-label="Edit question"]')).toHaveLength(1);
  named('Edit question')!.click();
  expect([draft.text.value, draft.isEditing.value]).toEqual(['more', true]);
  named('Answer again')!.click();
  await eventually(() => expect(api.bodies.at(-1)).toMatchObject({ message: 'more', replaces: 'u2' }));
});

test('no thumbs where the agent does not want them, no copying where the page does not', async () => {
  const part = renderPart(<MessageList isOpen />, { settings: { feedback: false, copy: false } });
  part.chat.send('hi');
  await eventually(() => expect(part.named('Answer again')).toBeTruthy());
  expect([part.named('Good answer'), part.named('Copy answer')]).toEqual([null, null]);
});
