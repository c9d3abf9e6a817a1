import type { WidgetConfig, WidgetConsent, WidgetTexts } from '@salient/shared-types';
import { TOP_Z_INDEX, type WidgetMode, type WidgetOptions } from './options.ts';
import type { RawOptions } from './check-options.ts';
import { parseOptions } from './parse-options.ts';

/** Every setting, decided. */
export interface Config extends Required<Omit<WidgetOptions, 'target' | 'launcher' | 'locale' | 'dir' | 'preload'>> {
  mode: WidgetMode;
  maxMessageChars: number;
  historyLimit: number;
  feedback: boolean;
  /** Answers quote the agent's own knowledge; no language model is asked. */
  answersLocally: boolean;
  imageHosts: string[];
  /** The owner's words instead of the widget's own. */
  texts: WidgetTexts;
  /** Asked before the first message. */
  consent: WidgetConsent | null;
}

/**
 * Decides every setting: what the page says, then what the server says, then the default.
 *
 * @param local the page's options, already parsed
 * @param server the body of `A/config` as it came, or undefined when it could not be had
 */
export function resolveConfig(local: WidgetOptions, server?: unknown): Config {
  const remote = (isRecord(server) ? server : {}) as Partial<WidgetConfig>;
  const limits: Record<string, unknown> = isRecord(remote.limits) ? remote.limits : {};
  const look = parseOptions(remote as RawOptions, ignore);
  return {
    ...defaults,
    // The server cannot say where the widget stands or whom it talks to, only how it looks and what it says.
    ...pick(look, REMOTE),
    maxMessageChars: positive(limits['max_message_chars']) ?? defaults.maxMessageChars,
    historyLimit: positive(limits['history_limit']) ?? defaults.historyLimit,
    feedback: isRecord(remote.feature_flags) && remote.feature_flags['enable_feedback'] === true,
    answersLocally: remote.answers_locally === true,
    imageHosts: Array.isArray(remote.image_hosts) ? remote.image_hosts.filter((host) => typeof host === 'string') : [],
    texts: textsOf(remote.texts),
    consent: consentOf(remote.consent),
    ...local,
    // A server that does not stream cannot be talked into it by a page.
    streaming: local.streaming !== false && remote.sse_enabled !== false,
  };
}

const REMOTE = [
  ...(['theme', 'accent', 'position', 'radius', 'density', 'logo', 'avatar'] as const),
  ...(['title', 'subtitle', 'greeting', 'placeholder', 'starters', 'label', 'teaser'] as const),
];

const defaults: Config = {
  account: 'default_account',
  agent: 'simple_chat1',
  backend: '',
  mode: 'floating',
  position: 'bottom-right',
  offsetX: 20,
  offsetY: 20,
  zIndex: TOP_Z_INDEX,
  theme: 'auto',
  accent: '#0b5fff',
  radius: 16,
  density: 'comfortable',
  logo: '',
  avatar: '',
  title: 'Chat',
  subtitle: '',
  greeting: '',
  placeholder: '',
  starters: [],
  label: '',
  teaser: '',
  open: false,
  streaming: true,
  copy: true,
  dataLayer: false,
  debug: false,
  maxMessageChars: 2000,
  historyLimit: 50,
  feedback: false,
  answersLocally: false,
  imageHosts: [],
  texts: {},
  consent: null,
};

const ignore = () => {};

function pick(options: WidgetOptions, names: (keyof WidgetOptions)[]): WidgetOptions {
  return Object.fromEntries(names.filter((name) => name in options).map((name) => [name, options[name]]));
}

function textsOf(texts: unknown): WidgetTexts {
  const entries = isRecord(texts) ? Object.entries(texts) : [];
  return Object.fromEntries(entries.filter(([, text]) => typeof text === 'string'));
}

function consentOf(consent: unknown): WidgetConsent | null {
  if (!isRecord(consent) || typeof consent['text'] !== 'string' || !consent['text']) return null;
  const { text, link } = consent;
  return { text, link: typeof link === 'string' && /^https?:../.test(link) ? link : null };
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
