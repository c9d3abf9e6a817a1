// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { drawLauncher } from '../host/draw-launcher.ts';
import { takeLauncher } from './take-launcher.ts';
import { LauncherButton } from './launcher.tsx';
import { renderPart } from '../test/render-part.ts';

const setUp = () => renderPart(<LauncherButton buttonRef={{ current: null }} />);

test('the closed launcher is the node that the loader draws, so that it can be taken over', () => {
  const element = document.createElement('div');
  element.attachShadow({ mode: 'open' }).append(document.createElement('div'));
  const look = { accent: 'red', position: 'top-left', offsetX: 0, offsetY: 0, zIndex: 1, index: 0, label: 'Open chat' };
  const page = { widgets: [], calls: [], load: async () => {}, watch() {}, take() {}, adopt() {} };
  const drawn = drawLauncher({ id: 'one', element, options: {}, look }, page);
  drawn.click();
  takeLauncher(drawn, look.label);
  expect(setUp().container.innerHTML).toBe(drawn.outerHTML);
});

test('it says what it will do, and whether the panel is open', async () => {
  const { named, launcher } = setUp();
  named('Open chat')!.click();
  expect(launcher.isOpen.value).toBe(true);
  await eventually(() => expect(named('Close chat')?.getAttribute('aria-expanded')).toBe('true'));
});

test('unread answers are counted in sight and in words, and its name stays its name', async () => {
  const { find, named, launcher } = setUp();
  launcher.countAnswer();
  launcher.countAnswer();
  await eventually(() => expect(find('.badge')?.textContent).toBe('2'));
  const description = named('Open chat')!.getAttribute('aria-describedby');
  expect(find(`#${description}`)?.textContent).toBe('2 unread answers');
});
