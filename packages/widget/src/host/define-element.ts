import { agentUrl } from '../config/agent-url.ts';
import { checkOptions, type RawOptions } from '../config/check-options.ts';
import { readAttributes } from '../config/read-attributes.ts';
import { reportProblem } from '../config/report-problem.ts';
import { launch } from './launch.ts';
import { PANEL_FAILED } from '../locales/launcher-words.ts';
import type { LoaderPage, SalientCall } from './loader-page.ts';
import type { takeOver } from './take-over.ts';
import type { watch } from './use-launchers.ts';

/** The class of `<salient-chat>`, which is also the one registry of a page's widgets. */
export interface SalientElementClass {
  /** @param tag of a script, whose widget this is to be */
  new (tag?: Element): HTMLElement;
}

type ReadyCall = [command: string, name: string, listener: (detail: object) => void, address?: RawOptions];

export const TAG_NAME = 'salient-chat';

/** The commands that can wait for the visitor, `context` among them. The others need the panel. */
const CAN_WAIT = /on|identify|show|off|close/;

/**
 * Defines `<salient-chat>` and `window.Salient` on this page.
 *
 * @param backend where the API is unless an option says otherwise
 * @param importPanel brings the panel's file; told how often that has failed
 * @param importLaunchers brings what lets elements of the page open the chat, where it is wished
 */
export function defineElement(
  backend: string,
  importPanel: (attempt: number) => Promise<{ takeOver: typeof takeOver }>,
  importLaunchers: (attempt: number) => Promise<{ watch: typeof watch }>,
): SalientElementClass {
  let panel: Promise<unknown> | undefined;
  let attempt = 0;
  /** Somebody waits for a chat, and is told when it cannot be had. */
  let isWished = false;
  const page: LoaderPage = {
    widgets: [],
    calls: [],
    /** Nothing of ours may end as a fault of the page. Not reached is not the end: the next intent tries again. */
    load(isWish) {
      isWished ||= isWish!;
      return (panel ??= importPanel(attempt++)
        .then(
          (module) => module.takeOver(page),
          () => {
            panel = undefined;
            if (isWished) {
              for (const { root, button } of page.widgets) {
                if (!root) continue;
                button.onfocus = null;
                button.className = 'launcher away';
                button.setAttribute('aria-label', PANEL_FAILED);
              }
            }
          },
        )
        .catch(reportProblem));
    },
    watch: (widget) => importLaunchers(attempt).then((module) => module.watch(widget, page), reportProblem),
    take(call) {
      page.calls.push(call);
      if (!CAN_WAIT.test(call[0] as string)) void page.load(/toggle|send|open/.test(call[0] as string));
    },
    adopt(widget) {
      const { account, agent } = widget.options;
      const detail = { account, agent };
      dispatchEvent(new CustomEvent('salient:ready', { detail }));
      for (const [command, name, listener, address] of page.calls as ReadyCall[]) {
        if (command + name === 'onready' && agentUrl(detail) === agentUrl({ ...detail, ...address })) listener(detail);
      }
      if (isWished) void page.load();
    },
  };

  const early = window.Salient?.q as SalientCall[] | undefined;
  const salient: NonNullable<typeof window.Salient> = (window.Salient = (...call) => page.take(call));
  // A stub that a page has kept hold of goes on pushing into the queue.
  salient.q = { push: (call) => page.take(call) };
  early?.forEach(page.take);

  function add(element: HTMLElement, tag: Element) {
    const basics = { account: 'default_account', backend, agent: 'simple_chat1' };
    const options = checkOptions(basics, window.__SALIENT_WIDGET_CONFIG, readAttributes(tag));
    launch(element, options, page).catch(reportProblem);
  }

  class SalientElement extends HTMLElement {
    constructor(tag?: Element) {
      super();
      if (tag) add(this, tag);
    }

    connectedCallback() {
      // One that a script tag or `mount` has made has its shadow root before it has its place.
      if (!this.shadowRoot) add(this, this);
    }

    async disconnectedCallback() {
      // Moving an element disconnects it for a moment.
      // oxlint-disable-next-line unicorn/no-unnecessary-await, typescript/await-thenable -- shorter than `queueMicrotask`
      await 0;
      if (this.isConnected) return;
      // What ends a widget says nothing, and so takes it off the list.
      page.widgets = page.widgets.filter((widget) => widget.element !== this || widget.release?.());
    }
  }

  customElements.define(TAG_NAME, SalientElement);
  return SalientElement;
}
