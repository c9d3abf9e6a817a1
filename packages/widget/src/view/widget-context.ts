import type { ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Config } from '../config/resolve-config.ts';
import type { Words } from '../locales/en.ts';
import type { Announcer } from '../model/announcer.ts';
import type { Chat } from '../model/chat.ts';
import type { Draft } from '../model/draft.ts';
import type { Launcher } from '../model/launcher.ts';
import type { LaterPiece } from '../model/later-piece.ts';
import type { MarkdownPieces } from './markdown/pieces.ts';
import type { Teaser } from '../model/teaser.ts';
import type * as conversation from './conversation/conversation.ts';
import type { Viewport } from './viewport.ts';

/** Everything a component may need of its widget. */
export interface WidgetContext {
  readonly config: ReadonlySignal<Config>;
  readonly words: ReadonlySignal<Words>;
  readonly locale: ReadonlySignal<string>;
  readonly viewport: ReadonlySignal<Viewport>;
  readonly isOnline: ReadonlySignal<boolean>;
  readonly chat: Chat;
  readonly launcher: Launcher;
  readonly teaser: Teaser;
  readonly announcer: Announcer;
  readonly pieces: MarkdownPieces;
  readonly conversation: LaterPiece<typeof conversation>;
  readonly draft: Draft;
  /** The round button, not an element of the page, opens the panel. */
  readonly hasOwnLauncher: boolean;
}

const Context = createContext<WidgetContext | undefined>(undefined);

export const WidgetContextProvider = Context.Provider;

export function useWidget(): WidgetContext {
  const context = useContext(Context);
  if (!context) throw new Error('A component of the widget stands outside of it.');
  return context;
}
