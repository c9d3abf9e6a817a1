import { signal } from '@preact/signals';
import { h, render, type ComponentChild } from 'preact';
import { resolveConfig, type Config } from '../config/resolve-config.ts';
import { en } from '../locales/en.ts';
import { createConsent } from '../model/consent.ts';
import { DraftModel } from '../model/draft.ts';
import { createIdentityMark } from '../model/identity-mark.ts';
import { createOutbox } from '../model/outbox.ts';
import { TeaserModel } from '../model/teaser.ts';
import { createMemoryStorage } from './memory-storage.ts';
import { AnnouncerModel } from '../model/announcer.ts';
import { ChatModel } from '../model/chat.ts';
import { LauncherModel } from '../model/launcher.ts';
import { createFakeApi } from './fake-api.ts';
import * as conversation from '../view/conversation/conversation.ts';
import { loadedPiece, missingPiece } from './loaded-piece.ts';
import { loadedTurns } from './loaded-turns.ts';
import { createMarkdownPieces } from '../view/markdown/pieces.ts';
import { WidgetContextProvider } from '../view/widget-context.ts';

interface PartOptions extends Partial<Parameters<typeof createFakeApi>[0]> {
  settings?: Partial<Config>;
  /** Whether what draws messages has come. */
  hasConversation?: boolean;
}

/** For tests: renders a part of the widget over real models and a fake server. */
export function renderPart(
  part: ComponentChild,
  { settings = {}, hasConversation = true, ...answer }: PartOptions = {},
) {
  const storage = createMemoryStorage();
  const api = createFakeApi({ pieces: ['An answer.'], ...answer });
  const config = signal({ ...resolveConfig({}), ...settings });
  const chat = new ChatModel({
    api,
    turns: loadedTurns(api, (flush) => {
      flush();
      return () => {};
    }),
    network: { isOnline: () => true, pause: async () => {} },
    emit: () => {},
    settings: () => config.peek(),
    context: () => undefined,
    outbox: createOutbox(storage),
    consent: createConsent(storage, () => config.peek().consent?.text),
    identityMark: createIdentityMark(storage),
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
    conversation: hasConversation ? loadedPiece(conversation) : missingPiece<typeof conversation>(),
    isOnline: signal(true),
    teaser: new TeaserModel(storage),
    draft: new DraftModel(storage),
    hasOwnLauncher: true,
  };
  const container = document.createElement('div');
  document.body.append(container);
  render(h(WidgetContextProvider, { value: context }, part), container);
  const find = (selector: string) => container.querySelector<HTMLElement>(selector);
  const named = (name: string) => container.querySelector<HTMLButtonElement>(`[aria-label="${name}"]`);
  return { ...context, storage, api, container, find, named };
}
