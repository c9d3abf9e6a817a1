import { agentUrl } from '../config/agent-url.ts';
import { checkOptions, type RawOptions } from '../config/check-options.ts';
import { TOP_Z_INDEX } from '../config/options.ts';
import { storagePrefix } from '../config/storage-prefix.ts';
import { fetchConfig } from '../protocol/fetch-config.ts';
import { drawLauncher } from '../view/draw-launcher.ts';
import { lookCss, type Look } from '../view/styles/look.ts';
import { createHost, type WidgetHost } from './create-host.ts';
import { placeHost } from './place-host.ts';
import { raiseHost } from './raise-host.ts';

/** A widget between its launcher and its panel. */
export interface LaunchedWidget {
  /** What makes it this widget and no other: whom it talks to, and where it stands. */
  readonly id: string;
  readonly element: HTMLElement;
  /** The page's own options, checked but not parsed. */
  readonly options: RawOptions;
  /** Set when it stands in its place. */
  host?: WidgetHost;
  launcher?: HTMLElement;
  /** The body of `A/config`, if it was asked for; undefined in it when it could not be had. */
  serverConfig?: Promise<unknown>;
  /** Which of the widgets in its corner it is, from 0. */
  stackIndex: number;
  /** Its corner and its index in there, unless its owner has placed it apart. */
  place?: string;
  /** The page has been told that it stands. */
  isReady?: boolean;
  /** The visitor has asked for it already. */
  wantsOpen?: boolean;
  /** Ends what the loader holds of it when its element has left the page. */
  readonly ended: AbortController;
  /** Set by the panel: opens or closes it. */
  toggle?: () => void;
  /** The panel comes without anybody asking for it: there is a line to show, or an answer that was under way. */
  isEager?: boolean;
  /** Set by the panel: ends what it holds when the element has left the page. */
  release?: () => void;
}

/** How long a slow server may keep the launcher from showing in its default look. */
const CONFIG_TIMEOUT_MS = 2e3;

/** Puts a widget on the page and draws its launcher, in the server's look where the page does not say. */
export async function launch(widget: LaunchedWidget, page: { widgets: LaunchedWidget[] }): Promise<void> {
  const { element, options } = widget;
  const host = createHost(element);
  const isFloating = options['mode'] === 'floating';
  const url = agentUrl(options as Record<'backend' | 'account' | 'agent', string>);
  let look = { accent: '#0b5fff', position: 'bottom-right', offsetX: 20, offsetY: 20, zIndex: TOP_Z_INDEX, ...options };
  if (isFloating && !(options['accent'] && options['position'])) {
    const timeout = new Promise((resolve) => setTimeout(resolve, CONFIG_TIMEOUT_MS));
    widget.serverConfig = fetchConfig(url);
    const { accent, position, teaser } = Object(await Promise.race([widget.serverConfig, timeout])) as RawOptions;
    look = { ...look, ...checkOptions({ accent, position, teaser }, () => {}), ...options };
  }
  // An element that the page itself has put somewhere stays there.
  if (!element.isConnected) await placeHost(element, options['target'] as string | undefined);
  if (isFloating && !options['launcher']) {
    if (!options['offsetX'] && !options['offsetY']) {
      // Looked up now, not before the wait: widgets of one page do not get ready in their order.
      while (page.widgets.some(({ place }) => place === look.position + widget.stackIndex)) widget.stackIndex++;
      widget.place = look.position + widget.stackIndex;
    }
    raiseHost(element, look.zIndex);
    host.container.append((widget.launcher = drawLauncher()));
  }
  const { teaser } = look as RawOptions;
  const prefix = storagePrefix(url);
  try {
    widget.isEager = !!(
      sessionStorage.getItem(prefix + 'resume') ??
      (teaser && !localStorage.getItem(prefix + 'teaser'))
    );
  } catch {
    // Where nothing can be stored, nothing was.
    widget.isEager = !!teaser;
  }
  host.setLook(lookCss({ ...look, stackIndex: widget.stackIndex } as unknown as Look));
  widget.host = host;
}
