import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from '@playwright/test';
import { browserArguments } from '../../scripts/find-browser.mjs';
import { webArgument } from './start-web.ts';

export interface BrowserSettings {
  /** `third-party`: as strict browsers do by default. `all`: cookies and storage of every site; naming them throws. */
  blockedCookies: 'third-party' | 'all';
}

/** A browser with a profile of its own, with settings that only a profile can hold. */
export interface ProfileBrowser {
  context: BrowserContext;
  close(): Promise<void>;
}

export async function openBrowser({ blockedCookies }: BrowserSettings): Promise<ProfileBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'salient-profile-'));
  await mkdir(join(profile, 'Default'));
  const preferences = {
    profile: {
      cookie_controls_mode: blockedCookies === 'third-party' ? 1 : 0,
      default_content_setting_values: { cookies: blockedCookies === 'all' ? 2 : 1 },
    },
  };
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const executablePath = process.env['SALIENT_BROWSER'];
  const context = await chromium.launchPersistentContext(profile, {
    args: [...browserArguments(), webArgument],
    ignoreHTTPSErrors: true,
    ...(executablePath && { executablePath }),
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
