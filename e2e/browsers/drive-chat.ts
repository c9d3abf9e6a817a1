import { expect } from '@playwright/test';
import type { BrowserDriver } from './browser-driver.ts';
import { readChat, showControl, showElement } from './read-chats.ts';

/** Generous: three browsers share a small machine. */
const patience = { timeout: 30_000 };

export interface ChatPlace {
  /** CSS selector of the element that it stands in, where a page has several. They do not come in their order. */
  within?: string;
  /** CSS selector of the iframe that it stands in. Default: none, the page itself. */
  frame?: string;
}

/** A chat on a page or in a frame of it, used as a visitor does: by mouse and by keyboard. */
export interface DrivenChat {
  /** Clicks the launcher and waits for the panel. */
  open(): Promise<void>;
  /** Waits for the beginning of the answer. */
  send(question: string, beginning: string): Promise<void>;
  /** Waits for the answer, which must contain this text, and for its end. */
  ask(question: string, answer: string): Promise<void>;
  /** The newest answer, as far as it has come. */
  answerText(): Promise<string>;
  /** The conversation, once the chat is there. */
  logText(): Promise<string>;
  expectLog(text: string): Promise<void>;
}

export function chatAt(driver: BrowserDriver, { within = ':root', frame }: ChatPlace = {}): DrivenChat {
  // A frame that has not loaded yet has no chat.
  const look = () => driver.evaluate(readChat, within, frame);
  const logText = async () => (await look())?.logText ?? '';

  async function click(name: string) {
    if (frame !== undefined) await driver.evaluate(showElement, frame);
    await expect.poll(() => driver.evaluate(showControl, { within, name }, frame), patience).not.toBeNull();
    const control = (await driver.evaluate(showControl, { within, name }, frame))!;
    const corner = frame === undefined ? { x: 0, y: 0 } : await driver.evaluate(showElement, frame);
    await driver.click(corner.x + control.x, corner.y + control.y);
  }

  async function send(question: string, beginning: string) {
    // What comes above it moves it, perhaps between the look and the click.
    const focus = async () => {
      await click('Message');
      return (await look())?.focused;
    };
    await expect.poll(focus, patience).toBe('Message');
    await driver.type(question);
    await expect.poll(async () => (await look())?.composerText, patience).toBe(question);
    await driver.press('Enter');
    await expect.poll(logText, patience).toContain(beginning);
  }

  return {
    logText,
    async open() {
      await click('Open chat');
      await expect.poll(async () => (await look())?.isOpen, patience).toBe(true);
    },
    send,
    async ask(question, answer) {
      await send(question, answer);
      await expect.poll(async () => (await look())?.isAnswering, patience).toBe(false);
    },
    answerText: async () => (await look())?.answerText ?? '',
    async expectLog(text) {
      await expect.poll(logText, patience).toContain(text);
    },
  };
}
