// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { renderPart } from '../test/render-part.ts';
import { eventually } from '../test/eventually.ts';
import { App } from './app.tsx';
import { Panel } from './panel.tsx';

const panel = () => <Panel panelRef={{ current: null }} isOpen />;
const button = (container: Element, text: string) =>
  [...container.querySelectorAll('button')].find(({ textContent }) => textContent === text);

test('consent is asked once, over what was to be sent, and read to a screen reader with its question', async () => {
  const consent = { text: 'We keep this chat.', link: 'https://shop.example/privacy' };
  const { api, chat, container, find } = renderPart(panel(), { settings: { consent } });
  chat.send('hi');
  await eventually(() => expect(find('[role=alertdialog]')).toBeTruthy());
  const described = find('[role=alertdialog]')!.getAttribute('aria-describedby');
  expect(find(`#${described}`)?.textContent).toBe('We keep this chat. Read more');
  expect(find('.question a')?.getAttribute('rel')).toContain('noopener');
  button(container, 'Agree and send')!.click();
  await eventually(() => expect(api.bodies).toMatchObject([{ message: 'hi', consent: 'We keep this chat.' }]));
  await eventually(() => expect(find('[role=alertdialog]')).toBeNull());
});

test('who does not agree finds their message in the box', async () => {
  const { chat, container, draft } = renderPart(panel(), {
    settings: { consent: { text: 'We keep it.', link: null } },
  });
  chat.send('hi');
  await eventually(() => expect(button(container, 'Cancel')).toBeTruthy());
  button(container, 'Cancel')!.click();
  expect(draft.text.value).toBe('hi');
});

test('being offline is said in the words of the owner, in sight and aloud, and so is its end', async () => {
  const texts = { offline_message: 'No signal.' };
  const { announcer, find, isOnline } = renderPart(panel(), { settings: { texts } });
  expect(find('.banner')).toBeNull();
  isOnline.value = false;
  await eventually(() => expect(find('.banner')?.textContent).toBe('No signal.'));
  isOnline.value = true;
  await eventually(() => expect(find('.banner')).toBeNull());
  await eventually(() =>
    expect(announcer.lines.value.map(({ text }) => text)).toEqual(['No signal.', 'You are back online.']),
  );
});

test('Escape ends an edit before it closes the panel', async () => {
  const { draft, find, launcher } = renderPart(<App />);
  launcher.open();
  await eventually(() => expect(find('.panel')).toBeTruthy());
  draft.edit('old');
  const press = () => find('.panel')!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  press();
  expect([draft.isEditing.value, launcher.isOpen.value]).toEqual([false, true]);
  press();
  expect(launcher.isOpen.value).toBe(false);
});

test('a picture is asked for only from the hosts of the agent, and the drawing stands in where there is none', async () => {
  const imageHosts = ['img.example.com'];
  const own = renderPart(panel(), { settings: { imageHosts, logo: 'https://img.example.com/logo.png' } });
  expect(own.find('.logo')?.getAttribute('src')).toBe('https://img.example.com/logo.png');
  own.find('.logo')!.dispatchEvent(new Event('error'));
  await eventually(() => expect(own.find('.avatar')).toBeTruthy());
  const foreign = renderPart(panel(), { settings: { imageHosts, logo: 'https://evil.example/logo.png' } });
  expect([foreign.find('img'), foreign.find('.avatar') !== null]).toEqual([null, true]);
});
