// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { Composer } from './composer.tsx';
import { renderPart } from '../test/render-part.ts';

function setUp(input: Parameters<typeof renderPart>[1] = {}) {
  const part = renderPart(<Composer />, input);
  const box = part.container.querySelector('textarea')!;
  const press = (init: { shiftKey?: boolean; isComposing?: boolean; keyCode?: number }) => {
    const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
    for (const [name, value] of Object.entries(init)) Object.defineProperty(event, name, { value });
    return box.dispatchEvent(event);
  };
  const write = (text: string) => {
    box.value = text;
    box.dispatchEvent(new Event('input', { bubbles: true }));
    return eventually(() => expect(part.draft.text.value).toBe(text));
  };
  return { ...part, box, press, write };
}

test('Enter sends what was written and empties the box', async () => {
  const { api, box, press, write } = setUp();
  await write('hello');
  expect(press({})).toBe(false);
  await eventually(() => expect(api.bodies[0]?.message).toBe('hello'));
  expect(box.value).toBe('');
});

test.each([
  ['Shift+Enter, which breaks the line', { shiftKey: true }],
  ['the Enter of an input method', { isComposing: true }],
  ['the Enter that Safari reports after a composition', { keyCode: 229 }],
])('%s does not send', async (_, init) => {
  const { chat, press, write } = setUp();
  await write('konnichiwa');
  press(init);
  expect(chat.messages.value).toEqual([]);
});

test('there is nothing to send in white space, nor in more than the server takes', async () => {
  const { find, named, press, write } = setUp({ settings: { maxMessageChars: 5 } });
  await write('  \n ');
  expect(named('Send')!.disabled).toBe(true);
  await write('😀😀😀😀😀');
  await eventually(() => expect(named('Send')!.disabled).toBe(false));
  await write('123456');
  await eventually(() => expect(find('.counter')?.textContent).toBe('1 character too many'));
  expect(named('Send')!.disabled).toBe(true);
  press({});
  expect(named('Stop')).toBeNull();
});

test('while an answer is written there is Stop instead of Send, and the next text stays in the box', async () => {
  let finish = () => {};
  const held = new Promise<void>((resolve) => (finish = resolve));
  const { api, box, named, press, write } = setUp({ beforePiece: () => held });
  await write('first');
  press({});
  await eventually(() => expect(named('Stop')).toBeTruthy());
  expect(named('Send')).toBeNull();
  await write('second');
  press({});
  expect(box.value).toBe('second');
  finish();
  await eventually(() => expect(named('Send')).toBeTruthy());
  expect(api.bodies).toHaveLength(1);
});
