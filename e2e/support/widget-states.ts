import { expect, type Page } from '@playwright/test';
import type { Message } from '@salient/shared-types';
import type { AgentScript, ScriptedAgent } from './start-scripted-agent.ts';

/** One thing a visitor can see, and how to get there. */
export interface WidgetState {
  script?: Partial<AgentScript>;
  /** Attributes of the tag. */
  attributes?: Record<string, string>;
  /** From a page whose launcher stands, or whose panel does in the modes without one. */
  arrange: (page: Page, agent: ScriptedAgent) => Promise<void>;
}

/** What is said in a state, in one language. */
export interface StateTexts {
  question: string;
  answer: string;
  config: AgentScript['config'];
}

const panel = (page: Page) => page.locator('salient-chat .panel');
const log = (page: Page) => panel(page).getByRole('log');

async function open(page: Page) {
  await openEmpty(page);
  // What has been said before has come.
  await expect(panel(page).locator('.log-content > *').first()).toBeVisible();
}

async function send(page: Page, text: string) {
  await panel(page).locator('textarea').fill(text);
  await page.keyboard.press('Enter');
  await expect(log(page).locator('.bubble').last()).toHaveText(text);
}

/** Every state, in the words of one language. */
export function widgetStates({ question, answer, config }: StateTexts): Record<string, WidgetState> {
  const citation = {
    title: 'Shipping',
    section: 'Abroad',
    quote: answer.split('\n')[0]!,
    url: 'https://example.com/s',
  };
  const citations = [
    { ...citation, index: 1 },
    { ...citation, index: 2 },
  ];
  const asked = async (page: Page) => {
    await open(page);
    await send(page, question);
  };
  const answered = async (page: Page) => {
    await asked(page);
    await expect(panel(page).locator('.actions').last()).toBeVisible();
    // What has not come to its end yet, a click would scroll to where it can be clicked, as a visitor would.
    const toEnd = ({ scrollHeight, scrollTop, clientHeight }: Element) => scrollHeight - scrollTop - clientHeight;
    await expect.poll(() => log(page).evaluate(toEnd)).toBeLessThan(2);
  };
  const states: Record<string, WidgetState> = {
    closed: { arrange: (page) => expect(page.locator('salient-chat .launcher')).toBeVisible() },
    greeting: { arrange: open },
    'nothing-to-greet-with': { script: { config: { greeting: '', starters: [], subtitle: null } }, arrange: openEmpty },
    waiting: {
      script: { answer: { pieces: [], end: 'open' } },
      arrange: async (page) => {
        await asked(page);
        await expect(panel(page).locator('.typing')).toBeVisible();
      },
    },
    streaming: {
      script: { answer: { pieces: [answer.slice(0, answer.length / 2)], end: 'open' } },
      arrange: async (page) => {
        await asked(page);
        await expect(log(page).locator('.markdown')).toHaveCount(2);
      },
    },
    answer: { script: { answer: { pieces: [answer], citations } }, arrange: answered },
    'open-source': {
      script: { answer: { pieces: [answer], citations } },
      arrange: async (page) => {
        await answered(page);
        await panel(page).locator('summary').last().click();
      },
    },
    history: {
      script: { history: longHistory(question, answer) },
      arrange: async (page) => {
        await open(page);
        await expect(log(page).locator('.bubble')).toHaveCount(2);
      },
    },
    'failed-answer': {
      script: { answer: { pieces: [answer.split('\n')[0]!], end: 'error' } },
      arrange: async (page) => {
        await asked(page);
        await expect(log(page).locator('.notice')).toBeVisible();
      },
    },
    'not-sent': {
      script: { answer: { pieces: [] }, refusal: { status: 402, code: 'BUDGET_EXCEEDED' } },
      arrange: async (page) => {
        await asked(page);
        await expect(log(page).locator('.notice')).toBeVisible();
      },
    },
    'reset-question': {
      script: { answer: { pieces: [answer] } },
      arrange: async (page) => {
        await answered(page);
        await panel(page).locator('.header .icon-button').first().click();
        await expect(panel(page).getByRole('alertdialog')).toBeVisible();
      },
    },
    offline: {
      script: { answer: { pieces: [answer.slice(0, 40)], end: 'open' } },
      arrange: async (page, agent) => {
        await asked(page);
        await expect(log(page).locator('.markdown')).toHaveCount(2);
        await page.context().setOffline(true);
        agent.cutStreams();
        await expect(panel(page).locator('.banner')).toBeVisible();
      },
    },
    'long-draft': {
      arrange: async (page) => {
        await open(page);
        await panel(page).locator('textarea').fill(`${question} `.repeat(90).slice(0, 2010));
        await expect(panel(page).locator('.counter.over')).toBeVisible();
      },
    },
    inline: {
      script: { answer: { pieces: [answer] }, history: longHistory(question, answer) },
      attributes: { mode: 'inline', target: '#chat' },
      arrange: async (page) => {
        await panel(page).locator('textarea').click();
        await expect(log(page).locator('.bubble')).toHaveCount(2);
      },
    },
    page: {
      script: { history: longHistory(question, answer) },
      attributes: { mode: 'page' },
      arrange: (page) => expect(log(page).locator('.bubble')).toHaveCount(2),
    },
  };
  for (const state of Object.values(states)) {
    state.script = { ...state.script, config: { ...config, ...state.script?.config } };
  }
  return states;
}

async function openEmpty(page: Page) {
  await page.locator('salient-chat .launcher').click();
  await expect(panel(page)).toBeVisible();
  // Always the same thing is marked as focused; on a phone it is the panel itself that is.
  await panel(page).locator('textarea').focus();
}

function longHistory(question: string, answer: string): Message[] {
  const message = (id: string, role: 'user' | 'assistant', content: string, created_at: string): Message => ({
    id,
    role,
    content,
    created_at,
    status: 'complete',
    metadata: {},
  });
  return [
    message('1', 'user', question, '2026-02-27T16:00:00Z'),
    message('2', 'assistant', answer, '2026-02-27T16:00:05Z'),
    message('3', 'user', question, '2026-03-02T09:10:00Z'),
    message('4', 'assistant', answer.split('\n')[0]!, '2026-03-02T09:10:05Z'),
  ];
}
