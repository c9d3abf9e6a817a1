import { signal } from '@preact/signals';
import { h, render, type ComponentChild } from 'preact';
import { resolveConfig, type Config } from '../config/resolve-config.ts';
import { en } from '../locales/en.ts';
import { AnnouncerModel } from '../model/announcer.ts';
import { ChatModel } from '../model/chat.ts';
import { LauncherModel } from '../model/launcher.ts';
import { createFakeApi } from './fake-api.ts';
import { createMarkdownPieces } from '../view/markdown/pieces.ts';
import { WidgetContextProvider } from '../view/widget-context.ts';

/** For tests: renders a part of the widget over real models and a fake server. */
export function renderPart(
  part: ComponentChild,
  { settings = {}, ...answer }: Partial<Parameters<typeof createFakeApi>[0]> & { settings?: Partial<Config> } = {},
) {
  const api = createFakeApi({ pieces: ['An answer.'], ...answer });
  const config = signal({ ...resolveConfig({}), ...settings });
  const chat = new ChatModel({
    api,
    network: { isOnline: () => true, pause: async () => {} },
    scheduleFlush: (flush) => {
      flush();
      return () => {};
    },
    emit: () => {},
    settings: () => config.peek(),
    context: () => undefined,
  });
  const context = {
    config,
    chat,
    words: signal(en),
    locale: signal('en'),
    viewport: signal({ isPhone: false, top: 0, height: 700 }),
    launcher: new LauncherModel(() => {}),
    announcer: new AnnouncerModel(),
    pieces: createMarkdownPieces(),
    draft: signal(''),
  };
  const container = document.createElement('div');
  document.body.append(container);
  render(h(WidgetContextProvider, { value: context }, part), container);
  const find = (selector: string) => container.querySelector<HTMLElement>(selector);
  const named = (name: string) => container.querySelector<HTMLButtonElement>(`[aria-label="${name}"]`);
  return { ...context, api, container, find, named };
}
