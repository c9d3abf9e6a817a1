// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { defineElement, TAG_NAME, type SalientElementClass } from './define-element.ts';
import { takeOver } from './take-over.ts';

const heard: unknown[] = [];
const imports: number[] = [];
let isPanelReachable = true;
let elementClass: SalientElementClass;

// One page for the whole file: a class can be defined once. Each test has agents of its own.
vi.stubGlobal('CSS', { supports: () => true });
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    disconnect() {}
  },
);
const requests: string[] = [];
vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
  requests.push(`${init.method ?? 'GET'} ${new URL(url).pathname} ${init.credentials}`);
  if (url.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 20));
  const look = { title: 'Support', accent: '#123456', position: 'top-left' };
  if (url.endsWith('/from-server/config')) return Response.json({ ...look, label: 'Ask us' });
  if (url.endsWith('/config')) return Response.json(look);
  return Response.json({ session_id: null, messages: [], active_turn: null, next_cursor: null });
});
// What a page's own stub has gathered before the loader came.
const stub = Object.assign((...call: unknown[]) => void stub.q.push(call), { q: [] as unknown[][] });
stub('on', 'ready', (detail: unknown) => heard.push(detail), { agent: 'queued' });
vi.stubGlobal('Salient', stub);
elementClass = defineElement(
  'https://api.test',
  async (attempt) => {
    imports.push(attempt);
    if (!isPanelReachable) throw new TypeError('Failed to fetch dynamically imported module');
    return { takeOver };
  },
  () => import('./use-launchers.ts'),
);

function scriptTag(attributes: Record<string, string>) {
  const tag = document.createElement('script');
  for (const [name, value] of Object.entries(attributes)) tag.setAttribute(`data-${name}`, value);
  return tag;
}
const addTag = (tag: Element) => new elementClass(tag);
const hosts = () => [...document.querySelectorAll(TAG_NAME)];
const inside = (selector: string, index = 0) => hosts()[index]?.shadowRoot?.querySelector<HTMLElement>(selector);
const salient = (...call: unknown[]) => window.Salient!(...call);

beforeEach(() => {
  requests.length = 0;
  heard.length = 0;
});
afterEach(async () => {
  for (const host of hosts()) host.remove();
  document.body.innerHTML = '';
  localStorage.clear();
  await new Promise((resolve) => setTimeout(resolve));
});

// These first tests see the page before any panel: the order matters.
test('before any intent there is a launcher, one request without credentials, and no panel', async () => {
  addTag(scriptTag({ agent: 'quiet' }));
  await eventually(() => expect(inside('.launcher')).toBeTruthy());
  expect(hosts()[0]!.parentElement).toBe(document.documentElement);
  expect(inside('.launcher')!.getAttribute('aria-label')).toBe('Open chat');
  expect(requests).toEqual(['GET /accounts/default_account/agents/quiet/config omit']);
  expect(imports).toEqual([]);
  expect(localStorage.length).toBe(0);
});

test('where the tag says how the launcher looks, the server is not asked', async () => {
  addTag(scriptTag({ agent: 'known', accent: 'red', position: 'bottom-left' }));
  await eventually(() => expect(inside('.launcher')).toBeTruthy());
  expect(requests).toEqual([]);
});

test('the launcher is called what the page, or else the server, calls it, also once the panel has come', async () => {
  addTag(scriptTag({ agent: 'named', label: 'Chat öffnen' }));
  await eventually(() => expect(inside('.launcher')?.getAttribute('aria-label')).toBe('Chat öffnen'));
  addTag(scriptTag({ agent: 'from-server' }));
  await eventually(() => expect(inside('.launcher', 1)?.getAttribute('aria-label')).toBe('Ask us'));
});

test('the launcher does not wait for the server', () => {
  addTag(scriptTag({ agent: 'slow' }));
  expect(inside('.launcher')!.getAttribute('aria-label')).toBe('Open chat');
});

test('an element of the page can stand in for the launcher', async () => {
  document.body.innerHTML = '<button class="ask">Ask</button>';
  addTag(scriptTag({ agent: 'apart', accent: 'red', position: 'bottom-left', launcher: '.ask' }));
  await eventually(() => expect(document.querySelector('.ask')!.getAttribute('aria-haspopup')).toBe('dialog'));
  expect(imports).toEqual([]);
});

test('calls that were queued before the loader came reach their widget, and only that', async () => {
  addTag(scriptTag({ agent: 'other' }));
  addTag(scriptTag({ agent: 'queued' }));
  await eventually(() => expect(heard).toEqual([{ account: 'default_account', agent: 'queued' }]));
});

test('a second copy of a tag does nothing; another agent, place or server is another widget', async () => {
  addTag(scriptTag({ agent: 'twice' }));
  addTag(scriptTag({ agent: 'twice', title: 'Again' }));
  addTag(scriptTag({ agent: 'once' }));
  addTag(scriptTag({ agent: 'twice', backend: 'https://other.test' }));
  await eventually(() => expect(hosts()).toHaveLength(3));
});

test('widgets of one corner stand beside each other, in whatever order they get ready', async () => {
  addTag(scriptTag({ agent: 'slow' }));
  addTag(scriptTag({ agent: 'quick' }));
  addTag(scriptTag({ agent: 'apart', 'offset-x': '200' }));
  await eventually(() => expect(hosts()).toHaveLength(3));
  const rules = hosts().map(({ shadowRoot }) => shadowRoot!.adoptedStyleSheets[0]!.cssRules);
  const sides = rules.map((list) => [...list].map(({ cssText }) => /left: ?(\d+)px/.exec(cssText)?.[1]).find(Boolean));
  expect(new Set(sides)).toEqual(new Set(['20', '88', '200']));
});

test('a panel that is wanted when the page is idle is asked for without any intent', async () => {
  isPanelReachable = false;
  addTag(scriptTag({ agent: 'idle', preload: 'idle' }));
  await eventually(() => expect(imports).toEqual([0]));
  // Nobody has asked for anything yet.
  expect(inside('.launcher')!.className).toBe('launcher');
  imports.length = 0;
});

test('where the panel cannot be had, that is not said while nobody has asked for it', async () => {
  addTag(scriptTag({ agent: 'unlucky' }));
  await eventually(() => expect(inside('.launcher')).toBeTruthy());
  inside('.launcher')!.dispatchEvent(new Event('pointerover'));
  await eventually(() => expect(imports).toEqual([1]));
  await new Promise((resolve) => setTimeout(resolve));
  salient('update', { title: 'Sales' });
  await eventually(() => expect(imports).toEqual([1, 2]));
  await new Promise((resolve) => setTimeout(resolve));
  expect(inside('.launcher')!.className).toBe('launcher');
  imports.length = 0;
});

test('where the page wishes to open a panel that cannot be had, the launcher says so', async () => {
  addTag(scriptTag({ agent: 'silent' }));
  await eventually(() => expect(inside('.launcher')).toBeTruthy());
  salient('open', { agent: 'silent' });
  await eventually(() => expect(inside('.launcher')!.className).toBe('launcher away'));
  expect(inside('.launcher')!.getAttribute('aria-label')).toBe('Chat did not load. Try again.');
  imports.length = 0;
});

test('where an element of the page is the launcher and the panel cannot be had, the round button says so', async () => {
  document.body.innerHTML = '<button class="ask">Ask</button>';
  addTag(scriptTag({ agent: 'lost', launcher: '.ask' }));
  await eventually(() => expect(document.querySelector('.ask')!.getAttribute('aria-haspopup')).toBe('dialog'));
  document.querySelector<HTMLElement>('.ask')!.click();
  await eventually(() => expect(inside('.launcher.away')).toBeTruthy());
  const before = imports.length;
  inside('.launcher')!.click();
  await eventually(() => expect(imports.length).toBeGreaterThan(before));
});

test.each(['inline', 'page'])('where a chat of mode %s cannot be had, a launcher says so', async (mode) => {
  document.body.innerHTML = '<main id="chat"></main>';
  addTag(scriptTag({ agent: `lost-${mode}`, mode, ...(mode === 'inline' && { target: '#chat' }) }));
  await eventually(() => expect(inside('.launcher.away')).toBeTruthy());
  expect(inside('.launcher')!.getAttribute('aria-label')).toBe('Chat did not load. Try again.');
});

test('a click asks for a panel again that could not be had', async () => {
  addTag(scriptTag({ agent: 'clicked' }));
  await eventually(() => expect(inside('.launcher.away')).toBeTruthy());
  imports.length = 0;
  inside('.launcher')!.click();
  expect(inside('.launcher')!.className).toBe('launcher busy');
  await eventually(() => expect(imports).toHaveLength(1));
  await eventually(() => expect(inside('.launcher')!.className).toBe('launcher away'));
  isPanelReachable = true;
  inside('.launcher')!.click();
  await eventually(() => expect(inside('[role=dialog]')).toBeTruthy());
  // Each time at another address, should the browser remember that the last could not be had.
  expect(new Set(imports).size).toBe(2);
  expect(inside('.launcher')!.className).toBe('launcher');
  expect(inside('.launcher')!.getAttribute('aria-label')).toBe('Close chat');
});

test('the panel takes the very node of the launcher over, opens, and loads the history', async () => {
  addTag(scriptTag({ agent: 'opened' }));
  await eventually(() => expect(inside('.launcher')).toBeTruthy());
  const launcher = inside('.launcher')!;
  launcher.click();
  await eventually(() => expect(inside('#title')?.textContent).toBe('Support'));
  expect(inside('.launcher')).toBe(launcher);
  expect(launcher.getAttribute('aria-label')).toBe('Close chat');
  expect(requests).toContain('GET /accounts/default_account/agents/opened/history include');
});

test('with an element of the page as its launcher, that opens and closes it, until the widget is gone', async () => {
  document.body.innerHTML = '<button class="ask">Ask</button>';
  const ask = document.querySelector<HTMLElement>('.ask')!;
  addTag(scriptTag({ agent: 'own', launcher: '.ask' }));
  await eventually(() => expect(ask.getAttribute('aria-expanded')).toBe('false'));
  ask.click();
  await eventually(() => expect(ask.getAttribute('aria-expanded')).toBe('true'));
  expect(inside('[role=dialog]')!.hidden).toBe(false);
  // There is no round button that could close it.
  expect(inside('.header [aria-label="Close chat"]')).toBeTruthy();
  ask.click();
  await eventually(() => expect(inside('[role=dialog]')!.hidden).toBe(true));
  salient('destroy', { agent: 'own' });
  await new Promise((resolve) => setTimeout(resolve));
  ask.click();
  expect(hosts()).toHaveLength(0);
  expect(ask.outerHTML).toBe('<button class="ask">Ask</button>');
});

test('the panel leaves the name of the launcher as it is', async () => {
  addTag(scriptTag({ agent: 'named', label: 'Chat öffnen' }));
  salient('prefill', '', { agent: 'named' });
  await eventually(() => expect(inside('.launcher')?.getAttribute('aria-expanded')).toBe('false'));
  expect(inside('.launcher')!.getAttribute('aria-label')).toBe('Chat öffnen');
  salient('open', { agent: 'named' });
  await eventually(() => expect(inside('.launcher')!.getAttribute('aria-label')).toBe('Close chat'));
  salient('close', { agent: 'named' });
  await eventually(() => expect(inside('.launcher')!.getAttribute('aria-label')).toBe('Chat öffnen'));
});

test('a teaser stands beside the closed launcher until the visitor reacts, and only that is stored', async () => {
  addTag(scriptTag({ agent: 'teasing', teaser: 'Need help?' }));
  await eventually(() => expect(inside('.teaser')?.textContent).toBe('Need help?'));
  expect(localStorage.length).toBe(0);
  inside('[aria-label="Close this message"]')!.click();
  await eventually(() => expect(inside('.teaser')).toBeFalsy());
  expect(Object.keys(localStorage)).toEqual([expect.stringMatching(/^salient:.*teasing:teaser$/)]);
  expect(inside('[role=dialog]')).toBeFalsy();
});

test('a message sent by the page opens the chat, and one that cannot be sent stays in the box', async () => {
  addTag(scriptTag({ agent: 'told' }));
  salient('send', ' ', { agent: 'told' });
  await eventually(() => expect(inside('[role=dialog]')?.hidden).toBe(false));
  expect(inside('.message.user')).toBeFalsy();
  expect((inside('textarea') as HTMLTextAreaElement).value).toBe(' ');
});

test('what can change at run time does', async () => {
  addTag(scriptTag({ agent: 'changing' }));
  salient('open', { agent: 'changing' });
  await eventually(() => expect(inside('#title')?.textContent).toBe('Support'));
  salient('update', { title: 'Sales', subtitle: 'Until six', placeholder: 'Ask', accent: 'teal', theme: 'dark' });
  salient('update', { radius: 4, dir: 'rtl', greeting: 'Welcome', starters: ['Prices?'], agent: 'other' });
  await eventually(() => expect(inside('#title')?.textContent).toBe('Sales'));
  await eventually(() => expect(inside('.starter')?.textContent).toBe('Prices?'));
  expect(inside('.subtitle')?.textContent).toBe('Until six');
  expect((inside('textarea') as HTMLTextAreaElement).placeholder).toBe('Ask');
  expect(inside('.salient')?.className).toBe('salient dark');
  expect(inside('.salient')?.dir).toBe('rtl');
  const sheets = hosts()[0]!.shadowRoot!.adoptedStyleSheets;
  const text = sheets.map(({ cssRules }) => Array.from(cssRules, ({ cssText }) => cssText).join('')).join('');
  expect(text).toContain('--salient-accent: teal');
  expect(text).toContain('--salient-radius: 4px');
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  salient('update', { radius: 'big' });
  salient('update', { radius: 'big' });
  expect(error.mock.calls).toEqual([['Salient:', 'radius="big" is not valid']]);
});

test('a call to one of several widgets reaches that one, also before it stands', async () => {
  salient('prefill', 'Hello', { agent: 'late' });
  salient('open', { agent: 'late' });
  addTag(scriptTag({ agent: 'early' }));
  addTag(scriptTag({ agent: 'late' }));
  await eventually(() => expect(inside('textarea', 1)).toBeTruthy());
  expect((inside('textarea', 1) as HTMLTextAreaElement).value).toBe('Hello');
  expect(inside('[role=dialog]', 0)).toBeFalsy();
});

test('listeners hear of widgets to come, until they are taken off', async () => {
  const listener = (detail: unknown) => heard.push(detail);
  salient('on', 'open', listener);
  addTag(scriptTag({ agent: 'heard' }));
  await eventually(() => expect(inside('.launcher')?.getAttribute('aria-expanded')).toBe('false'));
  salient('open');
  expect(heard).toEqual([{ account: 'default_account', agent: 'heard' }]);
  salient('off', 'open', listener);
  salient('close');
  salient('open');
  expect(heard).toHaveLength(1);
});

test('a command that does not exist is told on the console', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  salient('constructor');
  expect(error).toHaveBeenCalledWith('Salient:', 'there is no command "constructor"');
});

test('destroy takes the element away, and the same tag can come again', async () => {
  addTag(scriptTag({ agent: 'again' }));
  await eventually(() => expect(inside('.launcher')).toBeTruthy());
  salient('destroy', { agent: 'again' });
  await eventually(() => expect(hosts()).toHaveLength(0));
  await new Promise((resolve) => setTimeout(resolve));
  addTag(scriptTag({ agent: 'again' }));
  await eventually(() => expect(inside('.launcher')).toBeTruthy());
});

test('the element does what the tag does, and stays where the page has put it', async () => {
  const place = document.createElement('main');
  place.innerHTML = '<salient-chat agent="element" mode="inline"></salient-chat>';
  document.body.append(place);
  await eventually(() => expect(inside('[role=region]')).toBeTruthy());
  expect(hosts()[0]!.parentElement).toBe(place);
  // A tag for the same widget adds none.
  addTag(scriptTag({ agent: 'element', mode: 'inline' }));
  expect(hosts()).toHaveLength(1);
  expect(inside('.launcher')).toBeFalsy();
  expect(requests.filter((request) => request.includes('history'))).toEqual([]);
});

test('an element that is taken out while it waits for its look stays out', async () => {
  document.body.innerHTML = '<salient-chat agent="slow-and-gone"></salient-chat>';
  await eventually(() => expect(requests).toHaveLength(1));
  document.body.innerHTML = '';
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(hosts()).toHaveLength(0);
});

test('an element for another agent, or in another mode, is another widget in the same place', async () => {
  const place = document.createElement('main');
  place.innerHTML = '<salient-chat agent="one" mode="inline" title="One"></salient-chat><hr>';
  document.body.append(place);
  await eventually(() => expect(inside('#title')?.textContent).toBe('One'));
  (inside('textarea') as HTMLTextAreaElement).value = 'for one';
  const element = hosts()[0]!;
  element.setAttribute('title', 'Two');
  element.setAttribute('agent', 'two');
  await eventually(() => expect(requests).toContain('GET /accounts/default_account/agents/two/config omit'));
  expect(inside('#title')?.textContent).toBe('Two');
  expect((inside('textarea') as HTMLTextAreaElement).value).toBe('');
  salient('prefill', 'for two', { agent: 'two' });
  await eventually(() => expect((inside('textarea') as HTMLTextAreaElement).value).toBe('for two'));
  element.setAttribute('mode', 'floating');
  await eventually(() => expect(inside('.launcher')).toBeTruthy());
  expect(inside('[role=region]')).toBeFalsy();
  expect(element.nextSibling?.nodeName).toBe('HR');
  element.remove();
  await new Promise((resolve) => setTimeout(resolve));
  element.setAttribute('agent', 'three');
  await new Promise((resolve) => setTimeout(resolve));
  expect(requests.filter((request) => request.includes('three'))).toEqual([]);
});

test('a target that is not there is told on the console', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  addTag(scriptTag({ agent: 'lost', mode: 'inline', target: '#nowhere' }));
  await eventually(() =>
    expect(error).toHaveBeenCalledWith('Salient:', new Error('target=#nowhere is not on this page')),
  );
});

test('the page global counts where the tag says nothing', async () => {
  window.__SALIENT_WIDGET_CONFIG = { agent: 'global', title: 'Global', position: 'top-right' };
  addTag(scriptTag({ title: 'Tag' }));
  delete window.__SALIENT_WIDGET_CONFIG;
  await eventually(() => expect(inside('.launcher')).toBeTruthy());
  salient('open', { agent: 'global' });
  await eventually(() => expect(inside('#title')?.textContent).toBe('Tag'));
});
