import type { WidgetConfig } from '@salient/shared-types';
import { computed, effect, signal } from '@preact/signals';
import { h, hydrate, render } from 'preact';
import { agentUrl } from '../config/agent-url.ts';
import type { ReportProblem } from '../config/check-options.ts';
import type { WidgetOptions } from '../config/options.ts';
import { parseOptions } from '../config/parse-options.ts';
import { resolveConfig } from '../config/resolve-config.ts';
import { storagePrefix } from '../config/storage-prefix.ts';
import { chooseLocale } from '../locales/choose-locale.ts';
import { directionOf } from '../locales/direction-of.ts';
import { en } from '../locales/en.ts';
import { loadWords } from '../locales/load-words.ts';
import { AnnouncerModel } from '../model/announcer.ts';
import { DraftModel } from '../model/draft.ts';
import { LauncherModel } from '../model/launcher.ts';
import { createPageContext } from '../model/page-context.ts';
import { createStorage } from '../model/storage.ts';
import { TeaserModel } from '../model/teaser.ts';
import { fetchConfig } from '../protocol/fetch-config.ts';
import { App } from '../view/app.tsx';
import { createLaterPiece } from '../model/later-piece.ts';
import { createMarkdownPieces } from '../view/markdown/pieces.ts';
import { WidgetContextProvider } from '../view/widget-context.ts';
import { createChat } from './create-chat.ts';
import { createEvents } from './create-events.ts';
import { pushToDataLayer } from './data-layer.ts';
import { dressHost } from './dress-host.ts';
import { followPage } from './follow-page.ts';
import { countInTitle } from './page-title.ts';
import { rememberVisit } from './remember-visit.ts';
import { tellLaunchers } from './tell-launchers.ts';
import { trackViewport } from './track-viewport.ts';
import type { Widget } from './widget.ts';

export interface MountInput {
  /** Of the host, with one element in it, for everything that is drawn. */
  root: ShadowRoot;
  /** The page's own. */
  options: WidgetOptions;
  /** The body of `A/config`, if it has been asked for already. */
  serverConfig?: Promise<unknown> | undefined;
  /** Which of the widgets in its corner it is, from 0. */
  stackIndex?: number | undefined;
  /** `ready` has been said already. */
  isReady?: boolean;
  report: ReportProblem;
}

/** What decides whom the widget talks to, and what it stands on. */
export const FIXED = ['account', 'agent', 'backend', 'mode', 'target', 'launcher'] as const;

/** Builds the widget into a host that stands on the page. Everything it opens, `destroy` closes. */
export function mountWidget({ root, options, serverConfig, stackIndex = 0, isReady, report }: MountInput): Widget {
  const container = root.firstElementChild as HTMLElement;
  const local = signal(options);
  const server = signal<unknown>(undefined);
  const config = computed(() => resolveConfig(local.value, server.value));
  const wishedLocale = computed(() => local.value.locale ?? (document.documentElement.lang || navigator.language));
  const isHidden = signal(false);
  const words = signal(en);
  const locale = computed(() => chooseLocale(wishedLocale.value, words.value.locale));
  const ended = new AbortController();

  const { account, agent, mode } = config.peek();
  const { launcher: launchers } = local.peek();
  const isFloating = mode === 'floating';
  const url = agentUrl(config.peek());
  const prefix = storagePrefix(url);
  const storage = createStorage(prefix, () => window.localStorage);
  const events = createEvents({ account, agent }, () => config.peek());
  const { emit } = events;
  const pageContext = createPageContext(report);
  const launcher = new LauncherModel(emit);
  const announcer = new AnnouncerModel();
  const pieces = createMarkdownPieces();
  const conversation = createLaterPiece(() => import('./conversation.ts'));
  const draft = new DraftModel(storage);
  const teaser = new TeaserModel(storage);
  const { chat, wasUsedBefore, stopChat } = createChat({
    config,
    storage,
    conversation,
    emit,
    context: pageContext.get,
  });
  /** The next person at this browser must not find what this one wrote. */
  const clearDesk = () => {
    pageContext.add({ visitor: undefined });
    draft.clear();
    draft.write('');
  };
  const onLeave = () => {
    clearDesk();
    chat.leave();
  };
  const isOnline = followPage({ chat, launcher, newsKey: `${prefix}news`, onLeave, ended: ended.signal });

  const useServerConfig = async (body: Promise<unknown>) => {
    server.value = await body;
  };
  void useServerConfig(serverConfig ?? fetchConfig(url));

  const stops = [
    stopChat,
    dressHost(root, config, isHidden, pieces, conversation, stackIndex),
    effect(() => conversation.piece.value?.speakAnswers(chat, announcer, words)),
    effect(() => {
      container.lang = locale.value;
      container.dir = directionFor(local.value);
    }),
    effect(() => void loadWords(wishedLocale.value).then((loaded) => (words.value = loaded))),
    effect(() => {
      // What a visitor opens they want to read. What merely stands open waits for their interest.
      if (!launcher.isOpen.value || !launcher.movesFocus.value) return;
      void chat.connect();
      teaser.end();
    }),
    effect(() => {
      // What shows a conversation, and reads answers, comes while the first one is being asked for, or the stored ones are.
      // What failed is asked for again with each message.
      const isReturning = wasUsedBefore && chat.history.value === 'loading';
      if (!isReturning && draft.text.value === '' && chat.messages.value.length === 0) return;
      conversation.load();
      pieces.reader.load();
    }),
    effect(() => {
      // The server was away when it was asked first, and is back.
      if (chat.history.value === 'loaded' && !(server.peek() as Partial<WidgetConfig> | undefined)?.limits)
        void useServerConfig(fetchConfig(url));
    }),
  ];
  // Other tabs hear of what is stored.
  events.on('stream:start', ({ message_id }) => storage.set('news', message_id));
  events.on('stream:end', ({ message_id }) => storage.set('news', `${message_id} ended`));
  if (isFloating) {
    events.on('message:received', () => launcher.countAnswer(document.hidden));
    stops.push(countInTitle(launcher.unread));
  }
  if (launchers) stops.push(tellLaunchers(launchers, launcher.isOpen));

  const viewport = trackViewport(ended.signal);
  const hasOwnLauncher = isFloating && !launchers;
  const context = {
    config,
    words,
    locale,
    viewport,
    isOnline,
    chat,
    launcher,
    teaser,
    announcer,
    pieces,
    conversation,
    draft,
    hasOwnLauncher,
  };
  hydrate(h(WidgetContextProvider, { value: context }, h(App, null)), container);

  if (isFloating && config.peek().open) launcher.openQuietly();
  if (mode === 'page' || (wasUsedBefore && (mode === 'inline' || config.peek().open))) void chat.connect();
  stops.push(
    rememberVisit(
      chat,
      launcher,
      createStorage(prefix, () => window.sessionStorage),
    ),
  );
  chat.sendUnsent();

  // Later, so that whoever has just got the handle can listen first.
  if (!isReady) queueMicrotask(() => emit('ready', {}));
  else if (config.peek().dataLayer) pushToDataLayer('ready', { account, agent });

  return {
    open: () => launcher.open(),
    close: () => launcher.close(),
    toggle: () => launcher.toggle(),
    show: () => void (isHidden.value = false),
    hide: () => void (isHidden.value = true),
    reset: () => void chat.reset(),
    send(text) {
      launcher.open();
      // What cannot be sent now is not lost either.
      if (!chat.send(text)) draft.write(text);
    },
    prefill: (text) => draft.write(text),
    identify(identity) {
      // The proof is for the server alone: what is in a message, the model may repeat.
      const { token: _token, ...visitor } = identity ?? {};
      if (identity) pageContext.add({ visitor: { ...visitor, verified: false } });
      else clearDesk();
      void chat.identify(identity);
    },
    context: (data) => pageContext.add(data),
    update(changes) {
      const next = { ...local.peek(), ...parseOptions({ ...changes }, report) };
      for (const [name, value] of Object.entries(changes)) if (value === null) delete next[name as keyof WidgetOptions];
      for (const name of FIXED) {
        // Not simply copied: what the page has left open must stay open for its default.
        delete next[name];
        if (name in local.peek()) Object.assign(next, { [name]: local.peek()[name] });
      }
      local.value = next;
    },
    on: events.on,
    off: events.off,
    destroy() {
      ended.abort();
      for (const stop of stops) stop();
      render(null, container);
      root.host.remove();
    },
  };
}

/** As the page wishes; else as the language it wishes for runs; else as the page itself does. */
function directionFor({ dir, locale }: WidgetOptions): string {
  return dir ?? (locale ? directionOf(locale) : getComputedStyle(document.documentElement).direction);
}
