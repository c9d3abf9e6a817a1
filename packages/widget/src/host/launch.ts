import { agentUrl } from '../config/agent-url.ts';
import { checkOptions, type RawOptions } from '../config/check-options.ts';
import { TOP_Z_INDEX } from '../config/options.ts';
import { OPEN_CHAT } from '../locales/launcher-words.ts';
import { fetchConfig } from '../protocol/fetch-config.ts';
import { launcherCss, lookCss, type Look } from '../view/styles/look.ts';
import type { LaunchedWidget, LoaderPage } from './loader-page.ts';

/** How long a page has for its own start before a panel comes that nobody has asked for. */
const EAGER_MS = 500;

/**
 * Starts a widget: puts a floating one on the page and draws its launcher, at once as the page says, and again in the
 * server's look when that comes. The other modes begin with their panel. Does nothing where the page has the same widget
 * already.
 */
export async function launch(element: HTMLElement, options: RawOptions, page: LoaderPage): Promise<void> {
  const { mode } = options;
  const url = agentUrl(options);
  const id = url + mode + options['target'];
  if (!element.isConnected && page.widgets.some((other) => other.id === id)) return;
  const root = element.attachShadow({ mode: 'open' });
  const container = root.appendChild(document.createElement('div'));
  const button = document.createElement('button');
  const widget: LaunchedWidget = { element, options, id, button };
  page.widgets.push(widget);
  // A wrong one floats, as the panel will say.
  if (/^(inline|page)$/.test(mode as string) && (await page.load(true))) {
    widget.root = root;
    page.adopt(widget);
    return;
  }
  if (/^(true)?$/.test(options['open'] as string)) void page.load(true);
  let server: RawOptions | undefined;
  if (!options['accent'] || !options['position']) widget.config = fetchConfig(url);

  button.className = 'launcher';
  button.onfocus = button.onpointerover = () => {
    // What a visitor has reached for stays as it is, and in its corner also when the panel takes it over.
    button.onfocus = null;
    options['position'] = look.position;
    void page.load();
  };
  button.onclick = () => {
    button.className = 'launcher busy';
    page.take(['open', options]);
  };
  const sheet = new CSSStyleSheet();
  root.adoptedStyleSheets = [sheet];
  let look: RawOptions & Look;
  let shownCss: string;
  const draw = (widget.draw = () => {
    look = widget.look = checkOptions(
      {
        accent: '#0b5fff',
        offsetX: 20,
        offsetY: 20,
        label: OPEN_CHAT,
        zIndex: TOP_Z_INDEX,
        index: 0,
        position: 'bottom-right',
      },
      server,
      options,
    ) as RawOptions & Look;
    page.stack?.(widget);
    button.setAttribute('aria-label', look.label);
    const css = lookCss(look) + launcherCss;
    if (css === shownCss) return;
    sheet.replaceSync((shownCss = css));
    // Put in anew, it fades in where it has come to stand. To move it would be a layout shift.
    container.append(button);
  });

  while (!document.body) await new Promise(requestAnimationFrame);
  // Brings what few pages need: launchers of their own, or several widgets.
  if (options['launcher'] || page.widgets[1]) await page.watch(widget);
  // The page has taken it out again.
  if (!page.widgets.includes(widget)) return;
  // An element that the page itself has put somewhere stays there. The others stand beside `<body>`, out of reach of
  // its transforms and of scripts that replace it; before it comes, they would break `head + body`.
  if (!element.isConnected) document.documentElement.append(element);
  draw();
  if (!(options['zIndex'] || document.querySelector(':modal'))) {
    element.popover = 'manual';
    element.showPopover?.();
  }
  widget.root = root;
  page.adopt(widget);

  server = (await widget.config) as RawOptions | undefined;
  if (button.onfocus as unknown) draw();
  // Where nothing can be stored, nothing was.
  let eager: unknown = look!['teaser'];
  try {
    // As `storagePrefix` has it: to call that costs more bytes than it has.
    eager = sessionStorage[`salient:${url}:resume`] || (eager && !localStorage[`salient:${url}:teaser`]);
  } catch {}
  // Not in the way of the page's own start.
  if (eager || look!['preload'] === 'idle') setTimeout(page.load, EAGER_MS);
}
