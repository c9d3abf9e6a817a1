// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { mount } from './mount.ts';

vi.stubGlobal('CSS', { supports: () => true });
vi.stubGlobal('fetch', async (url: string) =>
  url.endsWith('/config')
    ? Response.json({ title: 'Support' })
    : Response.json({ session_id: null, messages: [], active_turn: null, next_cursor: null }),
);
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    disconnect() {}
  },
);
afterEach(() => (document.body.innerHTML = ''));
const inside = (selector: string) =>
  document.querySelector('salient-chat')?.shadowRoot?.querySelector<HTMLElement>(selector);

test('a script mounts a widget into an element of its own, and gets a handle that ends it', async () => {
  document.body.innerHTML = '<main id="chat"></main>';
  const widget = mount({ backend: 'https://api.test', mode: 'inline', target: '#chat', title: 'Ask' });
  await eventually(() => expect(inside('[role=region] #title')?.textContent).toBe('Ask'));
  expect(document.querySelector('salient-chat')?.parentElement?.id).toBe('chat');
  widget.update({ title: null });
  await eventually(() => expect(inside('#title')?.textContent).toBe('Support'));
  widget.prefill('Hello');
  await eventually(() => expect((inside('textarea') as HTMLTextAreaElement).value).toBe('Hello'));
  widget.destroy();
  expect(document.querySelector('salient-chat')).toBeNull();
});

test('an element of the page opens what a script has mounted, until that is destroyed', async () => {
  document.body.innerHTML = '<button class="ask">Ask</button>';
  const ask = document.querySelector<HTMLElement>('.ask')!;
  const opened = vi.fn();
  const widget = mount({ backend: 'https://api.test', launcher: '.ask' });
  widget.on('open', opened);
  ask.click();
  await eventually(() => expect(inside('[role=dialog]')?.hidden).toBe(false));
  expect(opened).toHaveBeenCalledWith({ account: 'default_account', agent: 'simple_chat1' });
  widget.destroy();
  ask.click();
  expect(opened).toHaveBeenCalledTimes(1);
});

test('a wrong option is reported by its name and throws nothing', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  mount({ backend: 'https://api.test', mode: 'inline', target: '#chat', theme: 'blue' as never }).destroy();
  expect(error).toHaveBeenCalledWith('Salient:', 'theme="blue" is not valid');
});
