import type { WidgetAddress } from '../config/options.ts';
import { parseOptions } from '../config/parse-options.ts';
import { createReport } from '../config/report-problem.ts';
import { resolveConfig } from '../config/resolve-config.ts';
import { takeLauncher } from '../view/take-launcher.ts';
import { followAttributes } from './follow-attributes.ts';
import type { LaunchedWidget, LoaderPage, SalientCall } from './loader-page.ts';
import { mountWidget } from './mount-widget.ts';
import { placeHost } from './place-host.ts';
import { replaceWidget } from './replace-widget.ts';
import type { Widget } from './widget.ts';

/** The commands, and how many arguments of its own each takes; an address may follow. */
const ARGUMENT_COUNTS: Record<string, number> = {
  open: 0,
  close: 0,
  toggle: 0,
  show: 0,
  hide: 0,
  destroy: 0,
  reset: 0,
  send: 1,
  prefill: 1,
  identify: 1,
  context: 1,
  update: 1,
  on: 2,
  off: 2,
};

/** How long a slow server may keep a panel from showing in its default look. */
const CONFIG_TIMEOUT_MS = 2e3;

/** Takes the widgets and the calls of a page over from the loader: mounts those that stand, and those to come. */
export function takeOver(page: LoaderPage): true {
  const report = createReport();
  const mounted = new Map<Widget, WidgetAddress>();
  /** Calls that wait for their widget, and `on`, which also holds for widgets to come. */
  let standing: SalientCall[] = [];

  const adopt = async (launched: LaunchedWidget, isReady: boolean) => {
    const { element, button, config, root } = launched;
    // Not in its place yet: the loader hands it over when it is.
    if (!root) return;
    // Nothing shall change its place or colour under a visitor's eyes.
    await Promise.race([config, new Promise((resolve) => setTimeout(resolve, CONFIG_TIMEOUT_MS))]);
    // The page has taken it out meanwhile.
    if (!page.widgets.includes(launched)) return;
    const { look, release } = launched;
    const options = parseOptions(launched.options, report);
    const isFloating = (options.mode ?? 'floating') === 'floating';
    if (!isFloating) {
      // One whose panel could not be had at first has said so in a corner of the window.
      element.popover = null;
      delete launched.look;
      const { parentNode } = element;
      if (!parentNode || parentNode === document.documentElement) await placeHost(element, options.target);
    }
    if (look) {
      takeLauncher(button, look.label);
      // What the loader has said of the look, the panel says anew.
      root.adoptedStyleSheets[0]?.replaceSync('');
    }
    if (!isFloating || options.launcher) button.remove();
    // What that takes could not be had, or it is wished only now.
    if (isFloating && options.launcher && !release) void page.watch(launched);
    const widget = mountWidget({ root, options, serverConfig: config, stackIndex: look?.index, isReady, report });
    const stopFollowing = followAttributes(element, widget, (changes) => replaceWidget(launched, changes, page));
    const { account, agent } = resolveConfig(options);
    mounted.set(widget, { account, agent });
    launched.toggle = () => widget.toggle();
    launched.release = () => {
      release?.();
      stopFollowing();
      mounted.delete(widget);
      widget.destroy();
    };
    standing = standing.filter((call) => !run(call, [widget]) || call[0] === 'on');
  };

  const take = (call: SalientCall) => {
    const [command, name, listener] = call;
    if (!Object.hasOwn(ARGUMENT_COUNTS, command as string)) {
      report(`there is no command "${String(command)}"`);
      return;
    }
    const isForNow = run(call, [...mounted.keys()]);
    if (command === 'on' || (!isForNow && command !== 'off')) standing.push(call);
    if (command === 'off') {
      standing = standing.filter((other) => other[0] !== 'on' || other[1] !== name || other[2] !== listener);
    }
  };

  /** Runs a call on those among `candidates` that it addresses, and says whether there was one. */
  function run([command, ...rest]: SalientCall, candidates: Widget[]): boolean {
    const count = ARGUMENT_COUNTS[command as string]!;
    const { account, agent } = (rest[count] ?? {}) as WidgetAddress;
    const addressed = candidates.filter((widget) => {
      const address = mounted.get(widget);
      return (!account || account === address?.account) && (!agent || agent === address?.agent);
    });
    for (const widget of addressed) {
      (widget as unknown as Record<string, (...values: unknown[]) => void>)[command as string]!(
        ...rest.slice(0, count),
      );
    }
    return addressed.length > 0;
  }

  // The loader has said of these that they are ready.
  for (const launched of page.widgets) adopt(launched, true).catch(report);
  for (const call of page.calls) take(Array.from(call));
  page.adopt = (launched) => void adopt(launched, false).catch(report);
  page.take = (call) => take(Array.from(call));
  return true;
}
