import { computed, effect, signal } from '@preact/signals';
import { h, hydrate, render } from 'preact';
import { agentUrl } from '../config/agent-url.ts';
import { checkOptions, type RawOptions, type ReportProblem } from '../config/check-options.ts';
import { parseOptions } from '../config/parse-options.ts';
import { resolveConfig } from '../config/resolve-config.ts';
import { chooseLocale } from '../locales/choose-locale.ts';
import { en } from '../locales/en.ts';
import { loadWords } from '../locales/load-words.ts';
import { AnnouncerModel } from '../model/announcer.ts';
import { LauncherModel } from '../model/launcher.ts';
import { createPageContext } from '../model/page-context.ts';
import { speakAnswers } from '../model/speak-answers.ts';
import { fetchConfig } from '../protocol/fetch-config.ts';
import { App } from '../view/app.tsx';
import { createMarkdownPieces } from '../view/markdown/pieces.ts';
import { WidgetContextProvider } from '../view/widget-context.ts';
import { createChat } from './create-chat.ts';
import { createEvents } from './create-events.ts';
import type { WidgetHost } from './create-host.ts';
import { dressHost } from './dress-host.ts';
import { trackViewport } from './track-viewport.ts';
import type { Widget } from './widget.ts';

export interface MountInput {
  host: WidgetHost;
  /** The page's own options, checked but not parsed. */
  options: RawOptions;
  /** The body of `A/config`, if it has been asked for already. */
  serverConfig: Promise<unknown> | undefined;
  stackIndex: number;
  /** `ready` has been said already. */
  isReady?: boolean;
  report: ReportProblem;
}

/** Builds the widget into a host that stands on the page. Everything it opens, `destroy` closes. */
export function mountWidget({ host, options, serverConfig, stackIndex, isReady, report }: MountInput): Widget {
  const local = signal(parseOptions(options, report));
  const server = signal<unknown>(undefined);
  const config = computed(() => resolveConfig(local.value, server.value));
  const wishedLocale = computed(() => local.value.locale ?? (document.documentElement.lang || navigator.language));
  const isHidden = signal(false);
  const words = signal(en);
  const locale = computed(() => chooseLocale(wishedLocale.value, words.value.locale));
  const draft = signal('');
  const ended = new AbortController();

  const { account, agent, mode } = config.peek();
  const events = createEvents({ account, agent }, () => config.peek().debug);
  const { emit } = events;
  const pageContext = createPageContext(report);
  const launcher = new LauncherModel(emit);
  const announcer = new AnnouncerModel();
  const pieces = createMarkdownPieces();
  const { chat, wasUsedBefore, stopChat } = createChat({ config, emit, context: pageContext.get });

  const useServerConfig = async (body: Promise<unknown>) => {
    server.value ??= await body;
  };
  void useServerConfig(serverConfig ?? fetchConfig(agentUrl(config.peek())));

  const stops = [
    stopChat,
    dressHost(host, config, isHidden, pieces, stackIndex),
    speakAnswers(chat, announcer),
    effect(() => setLanguage(host.container, locale.value, local.value.dir)),
    effect(() => void loadWords(wishedLocale.value).then((loaded) => (words.value = loaded))),
    effect(() => {
      // What a visitor opens they want to read. What merely stands open waits for their interest.
      if (launcher.isOpen.value && launcher.movesFocus.value) void chat.connect();
    }),
    effect(() => {
      // What reads answers comes while the first one is being asked for, or the stored ones are.
      const isReturning = wasUsedBefore && chat.history.value === 'loading';
      if (isReturning || draft.value !== '' || chat.messages.value.length > 0) pieces.reader.load();
    }),
    effect(() => {
      // The server was away when it was asked first, and is back.
      if (chat.history.value === 'loaded' && !server.peek()) void useServerConfig(fetchConfig(agentUrl(config.peek())));
    }),
  ];
  if (mode === 'floating') events.on('message:received', () => launcher.countAnswer());

  const viewport = trackViewport(ended.signal);
  const context = { config, words, locale, viewport, chat, launcher, announcer, pieces, draft };
  hydrate(h(WidgetContextProvider, { value: context }, h(App, null)), host.container);

  if (mode === 'floating' && config.peek().open) launcher.openQuietly();
  if (mode === 'page' || (wasUsedBefore && (mode === 'inline' || config.peek().open))) void chat.connect();

  // Later, so that whoever has just got the handle can listen first.
  if (!isReady) queueMicrotask(() => emit('ready', {}));

  return {
    open: () => launcher.open(),
    close: () => launcher.close(),
    toggle: () => launcher.toggle(),
    show: () => void (isHidden.value = false),
    hide: () => void (isHidden.value = true),
    reset: () => void chat.reset(),
    send: (text) => void chat.send(text),
    prefill: (text) => void (draft.value = text),
    // The proof is for the server alone: what is in a message, the model may repeat.
    identify: ({ token: _token, ...visitor }) => pageContext.add({ visitor }),
    context: (data) => pageContext.add(data),
    update(changes) {
      const { account: _account, agent: _agent, backend: _backend, mode: _mode, ...rest } = changes;
      local.value = { ...local.peek(), ...parseOptions(checkOptions(rest, report), report) };
    },
    on: events.on,
    off: events.off,
    destroy() {
      ended.abort();
      for (const stop of stops) stop();
      render(null, host.container);
      host.element.remove();
    },
  };
}

function setLanguage(container: HTMLElement, locale: string, dir: string | undefined) {
  container.lang = locale;
  container.dir = dir ?? getComputedStyle(document.documentElement).direction;
}
