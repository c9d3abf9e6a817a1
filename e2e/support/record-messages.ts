import type { Page } from '@playwright/test';

export interface FrameMessage {
  origin: string;
  data: { type: string } & Record<string, unknown>;
}

/** Collects what frames tell the top page, from before its own scripts run. */
export async function recordMessages(page: Page): Promise<() => Promise<FrameMessage[]>> {
  await page.addInitScript(() => {
    const heard: unknown[] = [];
    Object.assign(window, { heard });
    addEventListener('message', ({ origin, data }) => heard.push({ origin, data }));
  });
  return () => page.evaluate(() => (window as unknown as { heard: FrameMessage[] }).heard);
}
