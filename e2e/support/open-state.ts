import type { Page } from '@playwright/test';
import { widgetTag } from './chat.ts';
import type { startHostPage } from './start-host-page.ts';
import type { AgentScript, ScriptedAgent } from './start-scripted-agent.ts';
import type { WidgetState } from './widget-states.ts';

interface StateFixtures {
  page: Page;
  hostPage: typeof startHostPage;
  scriptedAgent: (script?: Partial<AgentScript>) => Promise<ScriptedAgent>;
}

interface StateOptions {
  attributes?: Record<string, string>;
  head?: string;
  files?: Record<string, string | Buffer>;
  /** Between the widget's appearance and the state. */
  prepare?: (page: Page) => Promise<void>;
}

/** Brings a widget into a state on a page with nothing else on it, at a time of day that is always the same. */
export async function openState(
  { page, hostPage, scriptedAgent }: StateFixtures,
  state: WidgetState,
  { attributes = {}, head = '', files = {}, prepare }: StateOptions = {},
): Promise<void> {
  const agent = await scriptedAgent(state.script);
  const tag = widgetTag(agent.url, { ...state.attributes, ...attributes });
  await page.clock.setFixedTime('2026-03-02T09:30:00Z');
  const { url } = await hostPage(
    `<!doctype html><html lang="en"><title>Page</title><meta name="viewport" content="width=device-width">
    <style>body{margin:0;background:#fff}#chat{width:min(400px,100vw);height:520px}
    @media (prefers-color-scheme:dark){body{background:#111}}</style>${head}<div id="chat"></div>${tag}</html>`,
    { files },
  );
  await page.goto(url);
  await page.locator('salient-chat :is(.launcher, .panel)').first().waitFor();
  await prepare?.(page);
  await state.arrange(page, agent);
  // Nothing is shown as if the mouse were over it.
  await page.mouse.move(0, 0);
}
