import { chatOn, widgetTag } from '../support/chat.ts';
import { readHeaderRules, startStaticHost } from '../support/start-static-host.ts';
import { expect, test } from '../support/test.ts';

/** The page of a customer that lets nothing into its process that has not said it may come. */
const isolated = { headers: { 'Cross-Origin-Embedder-Policy': 'require-corp' } };

test.beforeEach(({ allowConsoleError }) => allowConsoleError(/status of 401/));

test("with the guide's _headers the files come as our server sends them, and an isolated page chats", async ({
  page,
  salient,
  hostPage,
}) => {
  const host = await startStaticHost(await readHeaderRules());
  try {
    const { version, files } = (await (await fetch(`${host.url}integrity.json`)).json()) as {
      version: string;
      files: Record<string, string>;
    };
    const shown = (response: Response, names: string[]) => names.map((name) => [name, response.headers.get(name)]);
    for (const name of Object.keys(files).filter((file) => file.endsWith('.js'))) {
      for (const folder of ['', `w/${version}/`]) {
        const headers = ['Access-Control-Allow-Origin', 'Cross-Origin-Resource-Policy', 'X-Content-Type-Options'];
        // Of pieces at the top, and in v1/, the docs say that they are asked for again.
        if (folder || /^(chat-widget|salient-frame)\.js$/.test(name)) headers.push('Cache-Control');
        const [theirs, ours] = [
          await fetch(`${host.url}${folder}${name}`),
          await fetch(`${salient.url}/${folder}${name}`),
        ];
        expect([name, ...shown(theirs, headers)]).toEqual([name, ...shown(ours, headers)]);
      }
    }
    const own = await fetch(`${host.url}v1/chat-widget.js`);
    expect(own.headers.get('Cache-Control')).toBe('public, max-age=300');

    const tag = widgetTag(`${host.url}v1`, { backend: salient.url });
    const shop = await hostPage(`<!doctype html><html lang="en"><title>Shop</title>${tag}`, isolated);
    await page.goto(shop.url);
    const chat = chatOn(page);
    await chat.open();
    await chat.ask('What is your return policy?');
    await expect(chat.log).toContainText('30 days of delivery');
  } finally {
    await host.stop();
  }
});

for (const header of ['Access-Control-Allow-Origin', 'Cross-Origin-Resource-Policy']) {
  test(`without its ${header} an isolated page has no chat`, async ({ page, salient, hostPage, allowConsoleError }) => {
    allowConsoleError(/CORS|ERR_FAILED|ERR_BLOCKED_BY_RESPONSE|Salient:|Failed to fetch/);
    const rules = await readHeaderRules();
    const fewer = rules.map(({ path, headers }) => ({ path, headers: headers.filter(([name]) => name !== header) }));
    const host = await startStaticHost(fewer);
    try {
      const tag = widgetTag(`${host.url}v1`, { backend: salient.url, open: 'true' });
      const shop = await hostPage(`<!doctype html><html lang="en"><title>Shop</title>${tag}`, isolated);
      const refused = page.waitForEvent('requestfailed', (request) => request.url().startsWith(host.url));
      await page.goto(shop.url);
      await refused;
      await expect(chatOn(page).panel.getByRole('log')).toHaveCount(0);
    } finally {
      await host.stop();
    }
  });
}
