import { chatOn, widgetTag } from '../support/chat.ts';
import { shopPage } from '../support/shop-page.ts';
import { expect, test } from '../support/test.ts';
import { watchPageScript } from '../support/watch-page.ts';

/** What old libraries and careful sites do to the language, each as the page's own first script. */
const scripts: Record<string, string> = {
  'Array and Object with enumerable additions and their own toJSON, as Prototype.js made them': `
    Array.prototype.toJSON = function () { return '[patched]' };
    Array.prototype.each = function () {};
    Array.from = function (list) { return list.length === undefined ? [] : [].slice.call(list) };
    String.prototype.toJSON = function () { return String(this) };
    Object.prototype.patched = function () {};
    Function.prototype.delay = function () {};`,
  'a fetch and a JSON that are wrapped': `
    const realFetch = window.fetch;
    window.fetch = function () { return realFetch.apply(this, arguments).then((response) => response) };
    const { parse, stringify } = JSON;
    JSON.parse = function (text) { return parse(text) };
    JSON.stringify = function (...given) { return stringify(...given) };`,
  'a Promise of its own, as zone.js brings one': `
    const Real = Promise;
    window.Promise = class Promise extends Real {};`,
  'array methods that throw for strangers': `
    for (const name of ['map', 'filter', 'forEach', 'includes', 'find']) {
      const real = Array.prototype[name];
      Array.prototype[name] = function (...given) { return real.apply(this, given) };
    }`,
  'everything frozen': `
    for (const name of ['Object', 'Array', 'Function', 'Promise', 'String', 'Map', 'Set', 'Error', 'RegExp', 'JSON']) {
      Object.freeze(window[name]);
      if (window[name].prototype) Object.freeze(window[name].prototype);
    }`,
  'no storage: it throws when it is named': `
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError') } });
    }`,
  'a registry of custom elements that counts': `
    const { define } = customElements;
    customElements.define = function (...given) { return define.apply(this, given) };`,
  'an AMD loader and a CommonJS module in sight': `
    window.define = Object.assign(() => { throw new Error('define was called') }, { amd: {} });
    window.module = { exports: {} }; window.exports = window.module.exports;`,
};

for (const [name, script] of Object.entries(scripts)) {
  test(`the widget works and the page sees no error of ours: ${name} (R8, V3)`, async ({
    page,
    salient,
    hostPage,
    allowConsoleError,
  }) => {
    allowConsoleError(/status of 401/);
    const head = '<script src="/watch.js"></script><script src="/first.js"></script>';
    const files = { '/watch.js': watchPageScript, '/first.js': script };
    const { url } = await hostPage(shopPage({ head, tag: widgetTag(salient.url) }), { files });
    await page.goto(url);
    const chat = chatOn(page);
    await chat.open();
    await chat.ask('What is your return policy?');
    await expect(chat.log).toContainText('within 30 days of delivery');
    await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible();
    expect((await page.evaluate(() => window.pageWatch)).faults).toEqual([]);
  });
}
