import { serializeState, widgetOptions } from './studio-state.js';

/** What the widget can change while it runs; anything else needs the page anew. */
const LIVE = new Set(
  ['position', 'theme', 'accent', 'radius', 'density', 'logo', 'avatar'].concat([
    'title',
    'subtitle',
    'greeting',
    'placeholder',
    'starters',
  ]),
);
const ADDRESSES = {
  shop: 'alder-and-wren.example',
  clinic: 'harbourstreet.example',
  software: 'tallyboard.example',
  screenshot: 'your-site.example',
};

/**
 * The frame with the sample page. Words and colours change in the running widget; what decides who answers and where
 * the chat stands loads the page anew.
 *
 * @param {ReturnType<import('./studio-screenshot.js').enableScreenshots>} screenshots
 */
export function createPreview(screenshots) {
  const frame = document.querySelector('#preview');
  const stage = document.querySelector('#stage');
  let shown = null;
  // A preview is for looking at: the chat stands open until somebody closes it.
  let isOpen = true;
  let loads = 0;

  frame.addEventListener('load', () => {
    const page = frame.contentWindow;
    page.addEventListener('salient:open', () => (isOpen = true));
    page.addEventListener('salient:close', () => (isOpen = false));
    screenshots.watch(page);
    if (shown.scene === 'screenshot') screenshots.show(page);
  });

  return {
    isShown: () => shown !== null,
    drawScreenshot() {
      if (shown?.scene !== 'screenshot') return;
      document.querySelector('#drop').hidden = true;
      screenshots.show(frame.contentWindow);
    },
    show(state) {
      stage.dataset.device = state.device;
      document.querySelector('#window-address').textContent = ADDRESSES[state.scene];
      document.querySelector('#drop').hidden = state.scene !== 'screenshot' || screenshots.has();
      const changes = shown && liveChanges(shown, state);
      shown = { ...state };
      if (!changes) load(state);
      else if (Object.keys(changes).length > 0) {
        frame.contentWindow.Salient?.('update', changes);
        if ('theme' in changes) frame.contentDocument.documentElement.dataset.theme = state.theme;
      }
    },
  };

  function load(state) {
    const hash = serializeState({ ...state, open: String(isOpen || state.open === 'true') });
    loads += 1;
    // The same page with another hash alone would not load anew.
    const address = `/demo/scenes/${state.scene}?${loads}#${hash}`;
    frame.contentWindow.location.replace(new URL(address, window.location.origin));
  }
}

/** The widget's new settings, or null when the page has to load anew. */
function liveChanges(before, after) {
  const was = { ...widgetOptions(before), scene: before.scene };
  const is = { ...widgetOptions(after), scene: after.scene };
  const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
  if (changed.some((name) => !LIVE.has(name))) return null;
  // Null goes back to what the agent says by itself.
  return Object.fromEntries(changed.map((name) => [name, is[name] ?? null]));
}
