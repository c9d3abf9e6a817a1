import type { WidgetDensity, WidgetPosition, WidgetPreload, WidgetTheme } from '@salient/shared-types';

export const WIDGET_MODES = ['floating', 'inline', 'page'] as const;

/** `floating`: a launcher in a corner. `inline`: fills an element of the page. `page`: fills the window. */
export type WidgetMode = (typeof WIDGET_MODES)[number];

/** The highest z-index there is, and the default: the widget stands above everything. */
export const TOP_Z_INDEX = 2147483647;

/**
 * Everything a site owner can set: as `data-*` attributes of the script tag (kebab-case), as attributes of
 * `<salient-chat>`, in `window.__SALIENT_WIDGET_CONFIG`, or as the argument of `mount` (all camelCase).
 * What is left out comes from the server's `A/config`, then from the default.
 */
export interface WidgetOptions {
  /** Slug of the account. Default `default_account`. */
  account?: string;
  /** Slug of the agent. Default `simple_chat1`. */
  agent?: string;
  /** Address of the API, http(s). Default: the origin the script came from. */
  backend?: string;
  /** Default `floating`. */
  mode?: WidgetMode;
  /** `inline` only: CSS selector of the element to fill. */
  target?: string;
  /** Corner of the launcher. Default `bottom-right`. */
  position?: WidgetPosition;
  /** Distance from the side, in px. Default 20. */
  offsetX?: number;
  /** Distance from top or bottom, in px. Default 20. */
  offsetY?: number;
  /** Default: the highest there is. */
  zIndex?: number;
  /** `auto` follows the visitor's system. */
  theme?: WidgetTheme;
  /** Any CSS colour. */
  accent?: string;
  /** Corners of the panel, in px. Default 16. */
  radius?: number;
  /** `compact` puts more on a screen. Default `comfortable`. */
  density?: WidgetDensity;
  /** https address of a picture for the head of the panel, on one of the agent's `image_hosts`. */
  logo?: string;
  /** https address of a picture beside every answer, on one of the agent's `image_hosts`. */
  avatar?: string;
  /** Heading of the panel, and its name for assistive technology. */
  title?: string;
  subtitle?: string;
  /** First message of an empty conversation. Markdown. */
  greeting?: string;
  /** Grey text of the empty message box. */
  placeholder?: string;
  /** Questions to start with, offered as buttons. As an attribute: a JSON array of strings. */
  starters?: string[];
  /** What the round button is called for those who hear it. Default: "Open chat", in English until the panel has come. */
  label?: string;
  /** One line beside the closed button, until the visitor opens the chat or closes the line. */
  teaser?: string;
  /** `floating` only: CSS selector of elements of the page that open the chat, instead of the round button. */
  launcher?: string;
  /** BCP 47 tag. Default: the page's language. */
  locale?: string;
  /** Default: the direction of `locale`, or else the page's. */
  dir?: 'ltr' | 'rtl';
  /** Show the panel at once. Default false. */
  open?: boolean;
  /** When the panel is loaded: at the visitor's first `intent`, or as soon as the page is `idle`. Default `intent`. */
  preload?: WidgetPreload;
  /** False asks for whole answers instead of streams. Default: whatever the server offers. */
  streaming?: boolean;
  /** Offer a copy button on every answer. Default true. */
  copy?: boolean;
  /** Push every event to `window.dataLayer`, for a tag manager, without what was said. Default false. */
  dataLayer?: boolean;
  /** Log what happens to the console. Default false. */
  debug?: boolean;
}

/** Names one widget among several on a page. */
export interface WidgetAddress {
  account?: string;
  agent?: string;
}
