/**
 * Runs before anything is painted. Turns the query (?account=&agent=&theme=) into the widget's global configuration,
 * which a script tag without attributes reads, and applies the theme to the page itself.
 */
(() => {
  const page = document.documentElement;
  const query = new URLSearchParams(window.location.search);

  const slug = (name, fallback) =>
    /^[a-z0-9][a-z0-9_-]{0,62}$/i.test(query.get(name) ?? '') ? query.get(name) : fallback;
  const theme = ['light', 'dark'].includes(query.get('theme')) ? query.get('theme') : 'auto';

  page.dataset.theme = theme;
  // In a frame the page is somebody's chat, not a demo: its bar stays away.
  page.toggleAttribute('data-framed', window.self !== window.top);

  const mode = page.dataset.widgetMode ?? 'floating';
  // oxlint-disable-next-line no-underscore-dangle -- the widget's public name for it
  window.__SALIENT_WIDGET_CONFIG = {
    account: slug('account', 'default_account'),
    agent: slug('agent', 'simple_chat1'),
    theme,
    mode,
    // A chat that fills the window stays below the demo bar, whose menu opens over it.
    ...(mode === 'page' && { zIndex: 1 }),
  };
})();
