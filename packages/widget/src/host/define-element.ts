import { checkOptions, type RawOptions } from '../config/check-options.ts';
import { readAttributes } from '../config/read-attributes.ts';
import { createReport } from '../config/report-problem.ts';
import { launch, type LaunchedWidget } from './launch.ts';
import type { LoaderPage, SalientCall } from './loader-page.ts';
import type { takeOver } from './take-over.ts';
import type { watchLaunchers } from './watch-launchers.ts';

/** The class of `<salient-chat>`, which is also the one registry of a page's widgets. */
export interface SalientElementClass extends CustomElementConstructor {
  /** Starts the widget that a script tag asks for. */
  addTag(tag: Element): void;
}

export const TAG_NAME = 'salient-chat';

/** The commands that need the panel to be carried out. The others can wait for the visitor. */
const NEEDS_PANEL = /open|toggle|send|prefill|hide|update|destroy|reset/;

/** How long a page has for its own start before a panel comes that nobody has asked for. */
const EAGER_MS = 500;

/**
 * Defines `<salient-chat>` and `window.Salient` on this page.
 *
 * @param origin where the API is unless an option says otherwise
 * @param importPanel brings the panel's file; told how often that has failed
 * @param importLaunchers brings what lets elements of the page open the chat, where it is wished
 */
export function defineElement(
  origin: string,
  importPanel: (attempt: number) => Promise<{ takeOver: typeof takeOver }>,
  importLaunchers: () => Promise<{ watchLaunchers: typeof watchLaunchers }>,
): SalientElementClass {
  const report = createReport();
  const page: LoaderPage = { widgets: [], calls: [], report };
  let panel: Promise<void> | undefined;
  let attempt = 0;

  const take = (call: SalientCall) => {
    if (page.take) page.take(call);
    else {
      page.calls.push(call);
      if (NEEDS_PANEL.test(call[0] as string)) loadPanel();
    }
  };
  // Nothing of ours may end as a fault of the page.
  const reportError = ({ message }: Error) => report(message);
  const early = window.Salient?.q as SalientCall[] | undefined;
  // A stub that a page has kept hold of goes on pushing into the queue.
  window.Salient = Object.assign((...call: SalientCall) => take(call), { q: { push: take } });
  early?.forEach(take);

  function loadPanel() {
    panel ??= importPanel(attempt++)
      .then(
        (module) => module.takeOver(page),
        // Not reached is not the end: the next intent tries again.
        () => (panel = undefined),
      )
      .catch(reportError);
  }

  async function add(element: HTMLElement, attributes: RawOptions) {
    const options: RawOptions = {
      account: 'default_account',
      agent: 'simple_chat1',
      backend: origin,
      mode: 'floating',
      ...checkOptions({ ...window.__SALIENT_WIDGET_CONFIG }, report),
      ...checkOptions(attributes, report),
    };
    const { account, agent, backend, mode, target } = options;
    const id = [account, agent, backend, mode, target].join();
    if (!element.isConnected && page.widgets.some((other) => other.id === id)) return;
    const widget: LaunchedWidget = { id, element, options, stackIndex: 0, ended: new AbortController() };
    page.widgets = [...page.widgets, widget];
    await launch(widget, page);
    if (mode === 'floating' && options['launcher']) {
      const onUse = (isClick: boolean) => {
        if (isClick && widget.toggle) widget.toggle();
        else {
          widget.wantsOpen ||= isClick;
          loadPanel();
        }
      };
      importLaunchers().then(
        (module) => module.watchLaunchers(options['launcher'] as string, widget.ended.signal, onUse),
        reportError,
      );
    }
    if (page.adopt) page.adopt(widget);
    else waitForIntent(widget);
  }

  function waitForIntent(widget: LaunchedWidget) {
    const { launcher, options, isEager } = widget;
    const { account, agent, mode, open } = options;
    const detail = { account, agent };
    widget.isReady = true;
    dispatchEvent(new CustomEvent('salient:ready', { detail }));
    for (const [command, name, listener, address] of page.calls as [
      string,
      string,
      (detail: object) => void,
      object?,
    ][]) {
      // An address is a part of the detail, so the two together are the detail unless it names another widget.
      const addressed = { ...detail, ...address };
      if (command === 'on' && name === 'ready' && addressed.account === account && addressed.agent === agent)
        listener(detail);
    }
    launcher?.addEventListener('focus', loadPanel);
    launcher?.addEventListener('pointerover', loadPanel);
    launcher?.addEventListener('click', () => {
      widget.wantsOpen = true;
      loadPanel();
    });
    if (mode !== 'floating' || /^(true)?$/.test(open as string)) loadPanel();
    // Not in the way of the page's own start.
    else if (isEager) setTimeout(loadPanel, EAGER_MS);
  }

  class SalientElement extends HTMLElement {
    static addTag(tag: Element) {
      add(document.createElement(TAG_NAME), readAttributes(tag)).catch(reportError);
    }

    connectedCallback() {
      // One that a script tag or `mount` has made has its shadow root before it has its place.
      if (!this.shadowRoot) add(this, readAttributes(this)).catch(reportError);
    }

    disconnectedCallback() {
      // Moving an element disconnects it for a moment.
      queueMicrotask(() => {
        if (this.isConnected) return;
        const widget = page.widgets.find(({ element }) => element === this);
        widget?.ended.abort();
        widget?.release?.();
        page.widgets = page.widgets.filter(({ element }) => element !== this);
      });
    }
  }

  customElements.define(TAG_NAME, SalientElement);
  return SalientElement;
}
