import type { ReportProblem } from '../config/check-options.ts';
import type { LaunchedWidget } from './launch.ts';

/** A call of `Salient(...)`: command, its own arguments, then perhaps a `WidgetAddress`. */
export type SalientCall = unknown[];

/** What the loader has gathered, and what the panel answers for once it has taken over. */
export interface LoaderPage {
  widgets: LaunchedWidget[];
  /** Calls so far, in order, the page's own queue first. */
  readonly calls: SalientCall[];
  readonly report: ReportProblem;
  /** Set by the panel: gets every later widget, when its launcher stands. */
  adopt?: (widget: LaunchedWidget) => void;
  /** Set by the panel: gets every later call. */
  take?: (call: SalientCall) => void;
}

declare global {
  interface Window {
    /** A function, and the queue that the page's own stub fills before the loader has come. */
    Salient?: { (...call: SalientCall): void; q?: { push(call: SalientCall): void } };
    __SALIENT_WIDGET_CONFIG?: object;
  }
}
