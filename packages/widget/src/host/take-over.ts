import type { WidgetAddress } from '../config/options.ts';
import { followAttributes } from './follow-attributes.ts';
import type { LaunchedWidget } from './launch.ts';
import type { LoaderPage, SalientCall } from './loader-page.ts';
import { mountWidget } from './mount-widget.ts';
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

/** Takes the widgets and the calls of a page over from the loader: mounts those that stand, and those to come. */
export function takeOver(page: LoaderPage): void {
  const mounted = new Map<Widget, WidgetAddress>();
  /** Calls that wait for their widget, and `on`, which also holds for widgets to come. */
  let standing: SalientCall[] = [];

  const adopt = (launched: LaunchedWidget) => {
    const { host, options, serverConfig, stackIndex, isReady = false, wantsOpen } = launched;
    // Not in its place yet: the loader hands it over when it is.
    if (!host) return;
    const widget = mountWidget({ host, options, serverConfig, stackIndex, isReady, report: page.report });
    followAttributes(launched.element, widget, launched.ended.signal);
    launched.toggle = () => widget.toggle();
    mounted.set(widget, { account: options['account'] as string, agent: options['agent'] as string });
    launched.release = () => {
      mounted.delete(widget);
      widget.destroy();
    };
    standing = standing.filter((call) => !run(call, [widget]) || call[0] === 'on');
    if (wantsOpen) widget.open();
  };

  const take = (call: SalientCall) => {
    const [command, name, listener] = call;
    if (!Object.hasOwn(ARGUMENT_COUNTS, command as string)) {
      page.report(`there is no command "${String(command)}"`);
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

  for (const launched of page.widgets) adopt(launched);
  for (const call of page.calls) take(Array.from(call));
  page.adopt = adopt;
  page.take = (call) => take(Array.from(call));
}
