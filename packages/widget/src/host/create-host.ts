import launcherCss from '../view/styles/launcher.css?inline';

/** The widget's own ground: one element, its shadow root, and the sheets in it. */
export interface WidgetHost {
  readonly element: HTMLElement;
  readonly root: ShadowRoot;
  /** Holds everything that is drawn. */
  readonly container: HTMLElement;
  /** Replaces the rules that the settings decide (see `lookCss`). */
  setLook(css: string): void;
}

/** Makes an element the host of a widget. Constructable sheets work where a CSP forbids `<style>` and `style=""`. */
export function createHost(element: HTMLElement): WidgetHost {
  const root = element.attachShadow({ mode: 'open' });
  const container = document.createElement('div');
  const sheet = new CSSStyleSheet();
  root.adoptedStyleSheets = [sheet];
  container.className = 'salient';
  root.append(container);
  return { element, root, container, setLook: (css) => sheet.replaceSync(launcherCss + css) };
}
