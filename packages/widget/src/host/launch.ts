import { agentUrl } from '../config/agent-url.ts';
import { checkOptions, type RawOptions } from '../config/check-options.ts';
import { TOP_Z_INDEX } from '../config/options.ts';
import { OPEN_CHAT } from '../locales/launcher-words.ts';
import { fetchConfig } from '../protocol/fetch-config.ts';
import { lookCss, type Look } from '../view/styles/look.ts';
import { drawLauncher } from './draw-launcher.ts';
import type { LaunchedWidget, LoaderPage } from './loader-page.ts';

/** How long a slow server may keep the launcher from showing in its default look. */
const CONFIG_TIMEOUT_MS = 2e3;

/** How long a page has for its own start before a panel comes that nobody has asked for. */
const EAGER_MS = 500;

/**
 * Starts a widget: puts a floating one on the page and draws its launcher, in the server's look where the page does not
 * say. The other modes begin with their panel. Does nothing where the page has the same widget already.
 */
export async function launch(element: HTMLElement, options: RawOptions, page: LoaderPage): Promise<void> {
  const { mode } = options;
  const url = agentUrl(options);
  const id = url + mode + options['target'];
  if (!element.isConnected && page.widgets.some((other) => other.id === id)) return;
  const root = element.attachShadow({ mode: 'open' });
  root.append(document.createElement('div'));
  const widget: LaunchedWidget = { id, element, options };
  page.widgets.push(widget);
  // A wrong one floats, as the panel will say.
  const isFloating = !/^(inline|page)$/.test(mode as string);
  if (isFloating || !(await page.load(true))) {
    if (/^(true)?$/.test(options['open'] as string)) void page.load(true);
    let server;
    if (!options['accent'] || !options['position']) {
      widget.config = fetchConfig(url);
      server = (await Promise.race([
        widget.config,
        new Promise((resolve) => setTimeout(resolve, CONFIG_TIMEOUT_MS)),
      ])) as RawOptions | undefined;
    }
    const look = (widget.look = checkOptions(
      {
        accent: '#0b5fff',
        position: 'bottom-right',
        offsetX: 20,
        offsetY: 20,
        zIndex: TOP_Z_INDEX,
        index: 0,
        label: OPEN_CHAT,
      },
      server,
      options,
    ) as RawOptions & Look);
    while (!document.body) await new Promise(requestAnimationFrame);
    // The page has taken it out again.
    if (!page.widgets.includes(widget)) return;
    // An element that the page itself has put somewhere stays there. The others stand beside `<body>`, out of reach of
    // its transforms and of scripts that replace it; before it comes, they would break `head + body`.
    if (!element.isConnected) document.documentElement.append(element);
    if (options['launcher']) page.watch(widget);
    else {
      if (!options['offsetX'] && !options['offsetY']) {
        // Looked up now, not before the wait: widgets of one page do not get ready in their order.
        while (page.widgets.some((other) => other.place === look.position + look.index)) look.index++;
        widget.place = look.position + look.index;
      }
      if (+look.zIndex === TOP_Z_INDEX && !document.querySelector(':modal')) {
        element.popover = 'manual';
        element.showPopover?.();
      }
      drawLauncher(widget, page);
    }
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(lookCss(look));
    root.adoptedStyleSheets.push(sheet);
    // Where nothing can be stored, nothing was.
    let eager: unknown = look['teaser'];
    try {
      // As `storagePrefix` has it: to call that costs more bytes than it has.
      eager = sessionStorage[`salient:${url}:resume`] || (eager && !localStorage[`salient:${url}:teaser`]);
    } catch {}
    // Not in the way of the page's own start.
    if (eager || look['preload'] === 'idle') setTimeout(page.load, EAGER_MS);
  }
  widget.root = root;
  page.adopt(widget);
}
