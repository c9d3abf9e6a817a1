export const AGENT_TYPES = ['simple_chat', 'sales', 'research', 'rag', 'digital_expert'] as const;
export type AgentType = (typeof AGENT_TYPES)[number];

export const PROVIDER_NAMES = ['openrouter', 'together', 'openai', 'openai_compatible', 'local'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

export const WIDGET_POSITIONS = ['bottom-right', 'bottom-left', 'top-right', 'top-left'] as const;
export type WidgetPosition = (typeof WIDGET_POSITIONS)[number];

export const WIDGET_THEMES = ['auto', 'light', 'dark'] as const;
export type WidgetTheme = (typeof WIDGET_THEMES)[number];

export const WIDGET_DENSITIES = ['comfortable', 'compact'] as const;
export type WidgetDensity = (typeof WIDGET_DENSITIES)[number];

export const WIDGET_PRELOADS = ['intent', 'idle'] as const;
export type WidgetPreload = (typeof WIDGET_PRELOADS)[number];

/** What the owner says instead of the widget's own words, in the owner's language. Each may be missing. */
export interface WidgetTexts {
  /** Too many messages at once. */
  limit_message?: string | undefined;
  /** The account's or agent's budget is spent. */
  budget_message?: string | undefined;
  /** The visitor has no network. */
  offline_message?: string | undefined;
  /** The server cannot be reached, or no model answers. */
  unavailable_message?: string | undefined;
  /** The line below the message box. */
  note?: string | undefined;
}

/** What a visitor has to agree to before the first message. Plain text, and where to read more. */
export interface WidgetConsent {
  text: string;
  /** http(s) */
  link: string | null;
}

/** A line of `GET /accounts/{account}/agents`. */
export interface AgentSummary {
  instance_slug: string;
  agent_type: AgentType;
  display_name: string;
  status: 'active';
  /** UTC, ISO 8601; up to a few seconds behind. Null before the first use. */
  last_used_at: string | null;
}

/** `GET A/config`: what the widget needs to draw itself. Cacheable, sets no cookie. */
export interface WidgetConfig {
  account: string;
  agent: string;
  agent_type: AgentType;
  display_name: string;
  title: string;
  subtitle: string | null;
  greeting: string;
  placeholder: string | null;
  starters: string[];
  theme: WidgetTheme;
  /** `#rrggbb` */
  accent: string;
  position: WidgetPosition;
  /** Corners of the panel, in px. */
  radius: number;
  density: WidgetDensity;
  /** What the closed launcher is called, for those who hear it. */
  label: string | null;
  /** One line beside the closed launcher. */
  teaser: string | null;
  /** When the panel is loaded: at the visitor's first intent, or as soon as the page is idle. */
  preload: WidgetPreload;
  /** Address of a picture for the head of the panel, on one of `image_hosts`. */
  logo: string | null;
  /** Address of a picture beside every answer, on one of `image_hosts`. */
  avatar: string | null;
  texts: WidgetTexts;
  consent: WidgetConsent | null;
  limits: { max_message_chars: number; history_limit: number };
  sse_enabled: boolean;
  /** True when answers come from the agent's own knowledge instead of a language model. */
  answers_locally: boolean;
  /** Hosts whose images may be shown in answers. */
  image_hosts: string[];
  feature_flags: Record<string, boolean>;
}

/** A model setting and the layer it came from. */
export interface SettingWithSource<T> {
  value: T;
  /** `default`, `template`, `file` or `database`. */
  source: string;
}

/** `GET /api/session` */
export interface SessionInfo {
  /**
   * How the visitor was recognised. `login`: a member of the account who has signed in, on the server's own pages. `none`: no
   * credential, or one that is not known here.
   */
  identified_by: 'cookie' | 'token' | 'login' | 'none';
  session_id: string | null;
  account: string;
  agent: string;
  model: {
    inference_provider: SettingWithSource<ProviderName>;
    model: SettingWithSource<string>;
    temperature: SettingWithSource<number>;
    max_tokens: SettingWithSource<number>;
    history_limit: SettingWithSource<number>;
    /** Who really answers. Differs from `inference_provider` when its key is missing and `local` stands in. */
    answered_by: { provider: ProviderName; model: string; reason: string | null };
  };
}

/** `POST A/session/token` */
export interface SessionToken {
  /** For `Authorization: Bearer`. Good for this visitor and this agent only. */
  token: string;
  /** UTC, ISO 8601. */
  expires_at: string;
}

/** The body of `POST A/identify`. Without a token it is what the visitor says, and nothing more. */
export interface IdentifyBody {
  /** A JWT that the account's own server has signed. */
  token?: string | null;
  user_id?: string | null;
  name?: string | null;
  email?: string | null;
  phone?: string | null;
}

/** `POST A/identify` */
export interface Identified {
  /** Whether the account has vouched for the visitor. */
  verified: boolean;
  /** The account's own name for a verified visitor. */
  user_id: string | null;
  /** Takes the place of the session token that the request came with. */
  token: SessionToken | null;
}
