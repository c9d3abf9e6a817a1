import { createHash } from 'node:crypto';
import { chatOn, widgetTag } from '../support/chat.ts';
import { startNginxRecipe } from '../support/start-nginx-recipe.ts';
import { expect, test } from '../support/test.ts';

interface Integrity {
  version: string;
  files: Record<string, string>;
}

const readIntegrity = async (url: string) => (await (await fetch(`${url}/integrity.json`)).json()) as Integrity;
const hashOf = (content: ArrayBuffer) => `sha384-${createHash('sha384').update(Buffer.from(content)).digest('base64')}`;

test('what is served hashes to what is published, in every encoding (X2)', async ({ salient }) => {
  const { version, files } = await readIntegrity(salient.url);
  for (const folder of ['', '/v1', `/w/${version}`]) {
    expect(await readIntegrity(salient.url + folder)).toEqual({ version, files });
    for (const [name, hash] of Object.entries(files)) {
      for (const encoding of ['br', 'gzip', 'identity']) {
        const response = await fetch(`${salient.url}${folder}/${name}`, { headers: { 'Accept-Encoding': encoding } });
        expect([name, response.headers.get('Content-Encoding') ?? 'identity']).toEqual([name, encoding]);
        expect([name, hashOf(await response.arrayBuffer())]).toEqual([name, hash]);
      }
    }
  }
});

test('a page that pins a version and its hash gets that version, and nothing that differs from it (X2)', async ({
  page,
  salient,
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/status of 401|integrity/);
  const { version, files } = await readIntegrity(salient.url);
  const tag = (hash: string) =>
    `<script async src="${salient.url}/w/${version}/chat-widget.js" integrity="${hash}" crossorigin="anonymous"></script>`;
  const pinned = await hostPage(
    `<!doctype html><html lang="en"><title>Bank</title>${tag(files['chat-widget.js'] ?? '')}`,
  );
  const loaded: string[] = [];
  page.on('response', (response) => loaded.push(response.url()));
  await page.goto(pinned.url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('What is your return policy?');
  await expect(chat.log).toContainText('30 days of delivery');
  const scripts = loaded.filter((url) => url.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(1);
  for (const url of scripts) expect(url).toContain(`/w/${version}/`);

  const other = await hostPage(`<!doctype html><html lang="en"><title>Bank</title>${tag(hashOf(new ArrayBuffer(1)))}`);
  const refused = page.waitForEvent('console', (message) => message.text().includes('integrity'));
  await page.goto(other.url);
  await refused;
  await expect(page.locator('salient-chat')).toHaveCount(0);
});

test("the guide's nginx serves the files as our server does, and a page of another site chats through it", async ({
  page,
  salient,
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/status of 401/);
  const nginx = await startNginxRecipe();
  try {
    const { version, files } = await readIntegrity(nginx.url);
    expect({ version, files }).toEqual(await readIntegrity(salient.url));
    const names = Object.keys(files).filter((name) => name.endsWith('.js'));
    const headers = ['Cache-Control', 'Content-Type', 'Content-Encoding', 'Access-Control-Allow-Origin'];
    headers.push('Cross-Origin-Resource-Policy', 'X-Content-Type-Options', 'Vary');
    for (const name of names.flatMap((file) => [file, `v1/${file}`, `w/${version}/${file}`])) {
      for (const encoding of ['gzip, deflate, br', 'gzip', 'identity']) {
        const ask = (url: string) => fetch(`${url}/${name}`, { headers: { 'Accept-Encoding': encoding } });
        const [theirs, ours] = [await ask(nginx.url), await ask(salient.url)];
        const shown = (response: Response) => headers.map((header) => [header, response.headers.get(header)]);
        expect([name, encoding, ...shown(theirs)]).toEqual([name, encoding, ...shown(ours)]);
        expect(hashOf(await theirs.arrayBuffer())).toBe(hashOf(await ours.arrayBuffer()));
      }
    }
    for (const path of ['iframe-wrapper.html', 'chat-widget.js.br', 'w/', 'panel-00000000.js']) {
      expect([path, (await fetch(`${nginx.url}/${path}`)).status]).toEqual([path, 404]);
    }

    const shop = await hostPage(
      `<!doctype html><html lang="en"><title>Shop</title>${widgetTag(nginx.url, { backend: salient.url })}`,
    );
    await page.goto(shop.url);
    const chat = chatOn(page);
    await chat.open();
    await chat.ask('What is your return policy?');
    await expect(chat.log).toContainText('30 days of delivery');
  } finally {
    await nginx.stop();
  }
});
