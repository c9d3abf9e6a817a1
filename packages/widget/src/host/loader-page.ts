import type { RawOptions } from '../config/check-options.ts';
import type { Look } from '../view/styles/look.ts';

/** A call of `Salient(...)`: command, its own arguments, then perhaps a `WidgetAddress`. */
export type SalientCall = unknown[];

/** A widget between its launcher and its panel. Its names are in the loader: keep them short. */
export interface LaunchedWidget {
  /** What makes it this widget and no other: whom it talks to, and where it stands. */
  readonly id: string;
  readonly element: HTMLElement;
  /** The page's own options, without what the launcher cannot be made of. */
  readonly options: RawOptions;
  /** The body of `A/config`, if it was asked for; nothing in it when it could not be had. */
  config?: Promise<unknown>;
  /** The round button, in the document once it is drawn. `onfocus` is set for as long as nobody has reached for it. */
  readonly button: HTMLButtonElement;
  /** What its launcher looks like. The other modes have one only where their panel cannot be had. */
  look?: Look;
  /** Brings the launcher up to date, anew where that changes its look. */
  draw?: () => void;
  /** Set when it can be adopted: it stands in its place, with its launcher, or the panel that places it is here. */
  root?: ShadowRoot;
  /** Set by the panel: opens or closes it. */
  toggle?: () => void;
  /** Set by the panel, and by what watches its launchers: ends what they hold when the element has left the page. */
  release?: () => void;
}

/** What the loader has gathered, and what the panel answers for once it has taken over. */
export interface LoaderPage {
  widgets: LaunchedWidget[];
  /** Calls so far, in order, the page's own queue first. */
  readonly calls: SalientCall[];
  /**
   * Brings the panel, unless it is here or on its way, and tells whether it has come.
   *
   * @param isWish `true`: somebody waits for it, and is told on each widget when it cannot be had
   */
  readonly load: (isWish?: boolean) => Promise<unknown>;
  /** Brings what lets elements of the page open the chat, and several launchers stand beside each other. */
  readonly watch: (widget: LaunchedWidget) => Promise<void>;
  /** Set by what `watch` brings: finds the index for a launcher that is about to be drawn. */
  stack?: (widget: LaunchedWidget) => void;
  /** Gets every call: the loader keeps it, until the panel sets this to carry it out. */
  take: (call: SalientCall) => void;
  /** Gets every widget with a root: the loader waits for intent, until the panel sets this to mount it. */
  adopt: (widget: LaunchedWidget) => void;
}

declare global {
  interface Window {
    /** A function, and the queue that the page's own stub fills before the loader has come. */
    Salient?: { (...call: SalientCall): void; q?: { push(call: SalientCall): void } };
    __SALIENT_WIDGET_CONFIG?: RawOptions;
  }
}
