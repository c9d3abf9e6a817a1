// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';
import { signal } from '@preact/signals';
import { tellLaunchers } from './tell-launchers.ts';
import { watchLaunchers } from './watch-launchers.ts';

let ended = new AbortController();
afterEach(() => {
  ended.abort();
  ended = new AbortController();
  document.body.innerHTML = '';
});

function setUp(html: string) {
  document.body.innerHTML = html;
  const uses: boolean[] = [];
  watchLaunchers('.ask', ended.signal, (isClick) => uses.push(isClick));
  return { uses, buttons: [...document.querySelectorAll<HTMLElement>('.ask')] };
}

test('every element that matches opens the chat, also one that comes later', () => {
  const { uses, buttons } = setUp('<button class="ask"><b>Ask</b></button><a class="ask" href="/contact">Ask</a>');
  buttons[0]!.querySelector('b')!.click();
  const click = new MouseEvent('click', { bubbles: true, cancelable: true });
  buttons[1]!.dispatchEvent(click);
  expect(click.defaultPrevented).toBe(true);
  document.body.insertAdjacentHTML('beforeend', '<button class="ask late">Ask</button>');
  document.querySelector<HTMLElement>('.late')!.click();
  expect(uses.filter(Boolean)).toHaveLength(3);
});

test('a pointer over it or the focus in it is interest, not a click', () => {
  const { uses, buttons } = setUp('<button class="ask">Ask</button>');
  buttons[0]!.dispatchEvent(new Event('pointerover', { bubbles: true }));
  expect(uses).toEqual([false]);
});

test('what is no button becomes one for the keyboard and for screen readers', () => {
  const { uses, buttons } = setUp('<div class="ask">Ask</div>');
  expect([buttons[0]!.tabIndex, buttons[0]!.getAttribute('role')]).toEqual([0, 'button']);
  expect(buttons[0]!.getAttribute('aria-haspopup')).toBe('dialog');
  for (const key of ['x', 'Enter', ' '])
    buttons[0]!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  expect(uses.filter(Boolean)).toHaveLength(2);
});

test('they say whether the chat is open, and are plain buttons again in the end', () => {
  const { uses, buttons } = setUp('<button class="ask">Ask</button><button class="ask">Ask</button>');
  const isOpen = signal(false);
  const stop = tellLaunchers('.ask', isOpen);
  isOpen.value = true;
  expect(buttons.map((button) => button.getAttribute('aria-expanded'))).toEqual(['true', 'true']);
  stop();
  ended.abort();
  buttons[0]!.click();
  expect([uses, buttons[0]!.outerHTML]).toEqual([[], '<button class="ask">Ask</button>']);
});
