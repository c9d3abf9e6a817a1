// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { launch } from '../host/launch.ts';
import type { LoaderPage } from '../host/loader-page.ts';
import { takeLauncher } from './take-launcher.ts';
import { LauncherButton } from './launcher.tsx';
import { renderPart } from '../test/render-part.ts';

const setUp = () => renderPart(<LauncherButton buttonRef={{ current: null }} />);

test('the closed launcher is the node that the loader draws, so that it can be taken over', async () => {
  vi.stubGlobal('CSS', { supports: () => true });
  const page: LoaderPage = {
    widgets: [],
    calls: [],
    load: async () => {},
    watch: async () => {},
    take() {},
    adopt() {},
  };
  await launch(document.createElement('div'), { accent: 'red', position: 'top-left' }, page);
  const { button: drawn, look } = page.widgets[0]!;
  drawn.click();
  takeLauncher(drawn, look!.label);
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
