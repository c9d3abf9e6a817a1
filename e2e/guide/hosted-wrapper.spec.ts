import type { Page } from '@playwright/test';
import { examplesIn, SERVER } from '../support/guide-examples.ts';
import { SALIENT_HOST } from '../support/start-web.ts';
import { expect, test as base } from '../support/web-test.ts';

const SHOP = 'www.alder.test';
const policyOfGuide =
  examplesIn('')
    .map(({ code }) => /^Content-Security-Policy: (.*sha256-SCRIPT.*)$/.exec(code)?.[1])
    .find(Boolean) ?? '';

interface Shop {
  /** A page that frames its own copy of the wrapper, edited as the guide says. */
  url: string;
  /** Sends the copy with this policy from now on, in which the guide's server is the running one. */
  setPolicy: (policy: string) => void;
}

const test = base.extend<{ shop: Shop }>({
  contextOptions: { ignoreHTTPSErrors: true },
  shop: async ({ openWeb, production }, use) => {
    const wrapper = await (await fetch(`${production.url}/iframe-wrapper.html`)).text();
    const html = { 'content-type': 'text/html; charset=utf-8' };
    const own = { ...html, 'content-security-policy': '' };
    const web = await openWeb({
      hosts: [SHOP],
      sites: (url) => ({
        [SHOP]: {
          '/': {
            headers: { ...html, 'content-security-policy': "default-src 'none'; frame-src 'self'" },
            body: `<!doctype html><html lang="en"><title>Shop</title>
              <iframe src="/salient-chat.html" title="Chat" width="400" height="640"></iframe>`,
          },
          '/salient-chat.html': {
            headers: own,
            body: wrapper
              .replace("account: 'default_account'", "account: 'acme'")
              .replace("agent: 'simple_chat1'", "agent: 'acme_chat1'")
              .replace("backend: ''", `backend: '${url(SALIENT_HOST)}'`),
          },
        },
      }),
    });
    await use({
      url: web.url(SHOP),
      setPolicy: (policy) => (own['content-security-policy'] = policy.replaceAll(SERVER, web.url(SALIENT_HOST))),
    });
  },
});

/** Everything that a policy has refused, as the console says it. */
function listenForRefusals(page: Page): string[] {
  const refusals: string[] = [];
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && refusals.push(message.text()));
  return refusals;
}

const fill = (policy: string, { style, script }: { style: string; script: string }) =>
  policy.replace('STYLE', style).replace('SCRIPT', script);

/** What the console names when the policy is sent as it stands in the guide. */
async function readHashes(page: Page, { url, setPolicy }: Shop) {
  setPolicy(policyOfGuide);
  const refusals = listenForRefusals(page);
  await page.goto(url);
  const hashOf = (directive: string) =>
    refusals.flatMap((text) => (text.includes(directive) && text.match(/'sha256-([\w+/=]{44})'/)?.[1]) || [])[0] ?? '';
  await expect.poll(() => [hashOf('style-src'), hashOf('script-src')].every(Boolean)).toBe(true);
  return { style: hashOf('style-src'), script: hashOf('script-src') };
}

test.beforeEach(({ allowConsoleError }) =>
  allowConsoleError(/Content Security Policy|status of 401|frame-ancestors|ERR_BLOCKED/),
);

test("the guide's policy for a wrapper of one's own, filled in as it says: a whole chat, and nothing refused (R5)", async ({
  page,
  shop,
}) => {
  const hashes = await readHashes(page, shop);
  shop.setPolicy(fill(policyOfGuide, hashes));
  const refusals = listenForRefusals(page);
  await page.goto(shop.url);
  const chat = page.frameLocator('iframe');
  await chat.getByRole('button', { name: 'Open chat' }).click();
  await chat.getByRole('textbox', { name: 'Message' }).fill('How do I reset my password?');
  await chat.getByRole('button', { name: 'Send' }).click();
  await expect(chat.getByRole('log')).toContainText('Forgot password');
  expect(refusals).toEqual([]);
});

test('it is the least: without any of its entries something is refused (R5)', async ({ page, shop }) => {
  test.slow();
  const hashes = await readHashes(page, shop);
  const entries = policyOfGuide
    .split('; ')
    .flatMap((directive) =>
      directive
        .split(' ')
        .slice(1)
        .map((source) => [directive, source] as const),
    )
    .filter(([, source]) => source !== "'none'");
  expect(entries).toHaveLength(5);
  for (const [directive, source] of entries) {
    const name = directive.split(' ')[0] ?? '';
    const rest = directive.replace(` ${source}`, '');
    const less = policyOfGuide.replace(directive, rest === name ? `${name} 'none'` : rest);
    shop.setPolicy(fill(less, hashes));
    const refusals = listenForRefusals(page);
    await page.goto(shop.url);
    const open = page.frameLocator('iframe').getByRole('button', { name: 'Open chat' });
    // Where the button still comes, opening asks the server.
    await open.click({ timeout: 3_000 }).catch(() => undefined);
    await expect
      .poll(() => refusals.filter((text) => text.includes(name)).length, `without ${source} in ${name}`)
      .toBeGreaterThan(0);
  }
});
