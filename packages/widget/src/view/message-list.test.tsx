// @vitest-environment happy-dom
import type { Message } from '@salient/shared-types';
import { beforeEach, expect, test, vi } from 'vitest';
import { ChatError } from '../protocol/errors.ts';
import { renderPart } from '../test/render-part.ts';
import { eventually } from '../test/eventually.ts';
import { JumpButton } from './conversation/jump-button.tsx';
import { MessageList } from './message-list.tsx';

/** Tells the observer made last that the top has come into sight. */
let showTop: () => void;
let isWatched = false;
beforeEach(() => {
  isWatched = false;
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(callback: (entries: { isIntersecting: boolean }[]) => void) {
        showTop = () => callback([{ isIntersecting: true }]);
      }
      observe() {
        isWatched = true;
      }
      disconnect() {
        isWatched = false;
      }
    },
  );
});

function stored(id: string, role: 'user' | 'assistant', createdAt: Date): Message {
  return { id, role, content: id, status: 'complete', created_at: createdAt.toISOString(), metadata: {} };
}

const historyOf = (messages: Message[], next: string | null = null) => ({
  session_id: 's',
  messages,
  active_turn: null,
  next_cursor: next,
});

test('each day of the conversation says which it is', async () => {
  const now = new Date();
  const daysAgo = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - days, 0, 1);
  const messages = [
    stored('u1', 'user', daysAgo(400)),
    stored('u2', 'user', daysAgo(1)),
    stored('u3', 'user', daysAgo(0)),
  ];
  const { chat, container } = renderPart(<MessageList isOpen />, { history: historyOf(messages) });
  await chat.connect();
  await eventually(() => expect(container.querySelectorAll('.separator')).toHaveLength(3));
  const days = [...container.querySelectorAll('.separator b')].map(({ textContent }) => textContent);
  expect(days.slice(1)).toEqual(['Yesterday', 'Today']);
  expect(days[0]).toMatch(/\d{4}$/);
});

test('scrolling to the top brings what was said before, and a fault is not repeated by itself', async () => {
  const part = renderPart(<MessageList isOpen />, { history: historyOf([stored('u9', 'user', new Date())], 'u9') });
  await part.chat.connect();
  await eventually(() => expect(part.find('.earlier')).toBeTruthy());
  part.api.stored.history = new ChatError('NETWORK');
  await eventually(() => expect(isWatched).toBe(true));
  showTop();
  await eventually(() => expect(part.chat.earlier.value).toBe('failed'));
  await eventually(() => expect(isWatched).toBe(false));
  expect(part.find('.earlier')!.textContent).toBe('Show earlier messages');
  expect(part.api.calls).toEqual(['history', 'history u9']);

  part.api.stored.history = historyOf([stored('u8', 'user', new Date())]);
  part.find('.earlier')!.click();
  await eventually(() => expect(part.find('.message.user')?.textContent).toContain('u8'));
  expect(part.api.calls).toEqual(['history', 'history u9', 'history u9']);
  expect(part.find('.earlier')).toBeNull();
});

test('the way down says how many answers have come meanwhile', async () => {
  const { chat, find, container } = renderPart(<JumpButton isAtEnd={false} onJump={() => {}} />);
  expect(find('.jump')?.getAttribute('aria-label')).toBe('Jump to latest');
  chat.send('hi');
  await eventually(() => expect(find('.jump')?.getAttribute('aria-label')).toBe('Jump to latest, 1 new message'));
  expect(container.textContent).toBe('1');
});

test('where what draws messages cannot be had, they can be read, and it can be asked for again', async () => {
  const greeting = 'Hello, **you**';
  const { chat, container, conversation, find } = renderPart(<MessageList isOpen />, {
    settings: { greeting },
    hasConversation: false,
  });
  expect(find('.dots')).toBeTruthy();
  chat.send('hi');
  await eventually(() => expect(chat.isBusy.value).toBe(false));
  expect(container.textContent).toBe('');
  conversation.hasFailed.value = true;
  await eventually(() => expect(container.textContent).toContain('Assistant: An answer.'));
  expect(container.textContent).toMatch(/^Hello, \*\*you\*\*You: hiAssistant: An answer\..*Retry$/);
  find('.notice button')!.click();
  expect(conversation.load).toHaveBeenCalled();
});

test('a greeting of one plain line needs nothing more', () => {
  const { conversation, find } = renderPart(<MessageList isOpen />, {
    settings: { greeting: 'Hello!' },
    hasConversation: false,
  });
  expect(find('.message')?.textContent).toBe('Hello!');
  expect(conversation.load).not.toHaveBeenCalled();
});
