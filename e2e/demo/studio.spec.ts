import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { parseState, serializeState, startState, widgetOptions } from '../../examples/assets/studio-state.js';
import { startConfigured } from '../support/start-configured.ts';
import { expect, test } from '../support/test.ts';

const preview = (page: Page) => page.frameLocator('#preview');
const code = (page: Page) => page.locator('#code');

test.describe('the state of a link', () => {
  test('survives being written and read, whatever the texts are', () => {
    const state = {
      ...startState(),
      account: 'acme',
      accent: '#0f766e',
      title: 'Ärzte & "Freunde" #1 + 100%',
      starters: 'One?\nTwo?',
      open: 'true',
      scene: 'clinic',
    };
    expect(parseState(`#${serializeState(state)}`)).toEqual({ state, refused: [] });
  });

  test('names what it refuses, and keeps the rest', () => {
    const { state, refused } = parseState(
      '#agent=../admin&accent=red;}&mode=modal&__proto__=x&constructor=y&bogus=1&theme=dark&title=' + 'x'.repeat(81),
    );
    expect(refused).toEqual(['agent', 'accent', 'mode', '__proto__', 'constructor', 'bogus', 'title']);
    expect(state).toEqual({ ...startState(), theme: 'dark' });
  });

  test('gives the widget only what differs from its own defaults', () => {
    expect(widgetOptions({ ...startState(), starters: ' a \n\n b', device: 'phone' })).toEqual({
      account: 'default_account',
      agent: 'simple_chat1',
      starters: ['a', 'b'],
    });
  });
});

test('words and colours show at once in the running chat, without loading the page anew', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/studio`);
  await expect(preview(page).getByRole('dialog', { name: 'Alder & Wren' })).toBeVisible();
  await preview(page)
    .locator('body')
    .evaluate((body) => (body.dataset['mark'] = 'same page'));
  await page.getByLabel('Title', { exact: true }).fill('Harbour Help');
  await page.getByRole('button', { name: 'Teal' }).click();
  await page.getByLabel('Greeting').fill('Ahoy!');
  await expect(preview(page).getByRole('dialog', { name: 'Harbour Help' })).toContainText('Ahoy!');
  expect(await preview(page).locator('body').getAttribute('data-mark')).toBe('same page');
  await expect(code(page)).toContainText('data-title="Harbour Help"');
  await expect(code(page)).toContainText('data-accent="#0f766e"');
  await page.getByRole('button', { name: 'The agent’s own colour' }).click();
  await expect(code(page)).not.toContainText('data-accent');
  await page.getByLabel('Title', { exact: true }).fill('');
  await expect(preview(page).getByRole('dialog', { name: 'Alder & Wren' })).toBeVisible();
  expect(await preview(page).locator('body').getAttribute('data-mark')).toBe('same page');
});

test('a link brings back the whole design, and what is wrong in it is named', async ({ page, salient }) => {
  const hash = 'account=acme&agent=acme_chat1&scene=clinic&mode=inline&theme=dark&position=middle';
  await page.goto(`${salient.url}/demo/studio#${hash}`);
  await expect(page.getByRole('status').filter({ hasText: 'position' })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Agent' })).toHaveValue('acme_chat1');
  await expect(page.getByRole('radio', { name: 'Clinic' })).toBeChecked();
  await expect(preview(page).getByRole('region', { name: 'Acme Planner Support' })).toBeVisible();
  await expect(preview(page).getByRole('heading', { level: 1 })).toContainText('dentist');
  await expect(code(page)).toContainText('data-target="#chat"');
  expect(page.url()).not.toContain('position');
});

test('another account brings its own agents, and one that does not exist is said to be none', async ({
  page,
  salient,
  allowConsoleError,
}) => {
  allowConsoleError(/status of 404/);
  await page.goto(`${salient.url}/demo/studio`);
  const account = page.getByLabel('Account');
  await account.fill('acme');
  await expect(page.getByRole('combobox', { name: 'Agent' }).getByRole('option')).toHaveText([
    'Acme Chat 1',
    'Simple Chat 2',
  ]);
  await expect(preview(page).getByRole('dialog', { name: 'Acme Planner Support' })).toBeVisible();
  await account.fill('nobody');
  await expect(page.getByRole('status').filter({ hasText: 'nobody:' })).toBeVisible();
});

test('every way to embed says the same design in its own words', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/studio#title=It%20%22works%22&starters=Why%3F&locale=de`);
  await expect(code(page)).toHaveText(
    [
      '<script',
      '  async',
      `  src="${salient.url}/chat-widget.js"`,
      '  data-account="default_account"',
      '  data-agent="simple_chat1"',
      '  data-title="It &quot;works&quot;"',
      `  data-starters='["Why?"]'`,
      '  data-locale="de"',
      '></script>',
    ].join('\n'),
  );
  await page.getByRole('tab', { name: 'Script tag' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Iframe' })).toBeFocused();
  await expect(code(page)).toContainText(`${salient.url}/iframe-wrapper.html`);
  await expect(code(page)).toContainText('data-src="/salient-chat.html"');
  await page.keyboard.press('ArrowRight');
  await expect(code(page)).toContainText("import { mount } from '@salient/widget';");
  await expect(code(page)).toContainText(String.raw`title: "It \"works\"",`);
});

const looks = {
  radius: '8',
  density: 'compact',
  logo: 'https://img.example/logo.png',
  avatar: 'https://img.example/face.png',
};

test('corners, room, logo and avatar are in the link and in the code of every way, and show in the chat', async ({
  page,
}) => {
  test.slow();
  const salient = await startConfigured({
    agents: {
      listed:
        'agent_type: simple_chat\nllm: {inference_provider: local}\nwidget: {title: Listed, radius: 24, image_hosts: [img.example]}\n',
      bare: 'agent_type: simple_chat\nllm: {inference_provider: local}\nwidget: {title: Bare}\n',
    },
  });
  try {
    const picture = await page.screenshot();
    await page.route('https://img.example/**', (route) => route.fulfill({ contentType: 'image/png', body: picture }));
    await page.goto(`${salient.url}/demo/studio#account=shop&agent=listed`);
    const panel = preview(page).getByRole('dialog', { name: 'Listed' });
    await expect(panel).toHaveCSS('border-radius', '24px');
    await page.getByRole('radiogroup', { name: 'Corners' }).getByRole('radio', { name: '8', exact: true }).check();
    await page.getByRole('radio', { name: 'Compact' }).check();
    await page.getByLabel('Logo').fill(looks.logo);
    await page.getByLabel('Avatar').fill(looks.avatar);
    await expect(panel).toHaveCSS('border-radius', '8px');
    await expect(panel.locator('img[src$="logo.png"]')).toBeVisible();
    await expect(page.locator('#pictures')).toHaveText(/^Pictures come from hosts/);

    for (const [name, value] of Object.entries(looks)) {
      expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name)).toBe(value);
      for (const [way, written] of [
        ['Script tag', `data-${name}="${value}"`],
        ['Iframe', `${name}: "${value}"`],
        ['npm', `${name}: "${value}"`],
      ] as const) {
        await page.getByRole('tab', { name: way }).click();
        await expect(code(page)).toContainText(written);
      }
    }
    await page.reload();
    await expect(panel).toHaveCSS('border-radius', '8px');
    await expect(page.getByLabel('Logo')).toHaveValue(looks.logo);

    await page.getByRole('combobox', { name: 'Agent' }).selectOption('bare');
    await expect(page.locator('#pictures')).toHaveText(
      'Not shown yet: list img.example in widget.image_hosts of bare.',
    );
    await expect(preview(page).getByRole('dialog', { name: 'Bare' })).toBeVisible();
    await expect(preview(page).locator('img[src^="https:"]')).toHaveCount(0);
  } finally {
    await salient.stop();
  }
});

test('every control is reached and set by keyboard alone, and goes back to the agent’s own', async ({
  page,
  salient,
}) => {
  test.slow();
  await page.goto(`${salient.url}/demo/studio`);
  await expect(page.getByText('Local answers')).toBeVisible();
  await page.locator('#settings').focus();
  const reached: string[] = [];
  const hash = () => new URLSearchParams(new URL(page.url()).hash.slice(1));
  const last = () =>
    page.evaluate(() => document.activeElement?.id === 'preview' || document.activeElement === document.body);
  for (let presses = 0; presses < 80 && !(await last()); presses++) {
    await page.keyboard.press('Tab');
    const control = await page.evaluate(() => {
      const { tagName, name, type, dataset } = document.activeElement as HTMLInputElement;
      return { tagName, name, type, accent: dataset['accent'] };
    });
    const { name, type } = control;
    if (control.accent !== undefined) {
      await page.keyboard.press('Enter');
      expect(hash().get('accent')).toBe(control.accent || null);
      if (control.accent) reached.push('accent swatch');
    } else if (type === 'radio') {
      reached.push(name);
      const before = hash().get(name);
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => hash().get(name)).not.toBe(before);
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => hash().get(name)).toBe(before);
    } else if (type === 'checkbox') {
      reached.push(name);
      await page.keyboard.press('Space');
      expect(hash().get(name)).toBe('true');
    } else if (control.tagName === 'TEXTAREA' || type === 'text') {
      reached.push(name);
      if (name === 'account') continue;
      const text = name === 'logo' || name === 'avatar' ? 'https://img.example/x.png' : 'Ahoy';
      await page.keyboard.type(text);
      await expect.poll(() => hash().get(name)).toBe(text);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('Delete');
      await expect.poll(() => hash().get(name)).toBe(null);
    } else if (control.tagName === 'SELECT') {
      reached.push(name);
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => hash().get(name)).not.toBe(null);
    } else if (type === 'color') reached.push(name);
  }
  const named = await page
    .locator('#settings')
    .evaluate((form: HTMLFormElement) => [...form.elements].map((field) => (field as HTMLInputElement).name));
  expect(new Set(reached)).toEqual(new Set([...named, 'accent swatch'].filter(Boolean)));
});

test('the link and the code are copied', async ({ page, salient, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${salient.url}/demo/studio#theme=dark`);
  await page.getByRole('button', { name: 'Copy link to this design' }).click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe(`${salient.url}/demo/studio#theme=dark`);
  await page.getByRole('button', { name: 'Copy the code' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('data-theme="dark"');
});

test('a screenshot is shown behind the chat and sent nowhere', async ({ page, salient }) => {
  const sent: string[] = [];
  page.on('request', (request) => request.method() !== 'GET' && sent.push(request.url()));
  await page.goto(`${salient.url}/demo/studio#scene=screenshot`);
  await expect(page.getByText('Drop a screenshot of your page.')).toBeVisible();
  const screenshot = await page.screenshot();
  await page.locator('#screenshot').setInputFiles({ name: 'shop.png', mimeType: 'image/png', buffer: screenshot });
  const canvas = preview(page).locator('canvas');
  await expect.poll(() => canvas.evaluate((element: HTMLCanvasElement) => element.width)).toBe(1280);
  await expect(page.getByText('Drop a screenshot of your page.')).toBeHidden();
  // It stays when the page has to load anew.
  await page.getByRole('radio', { name: 'Whole page' }).check();
  await page.getByRole('radio', { name: 'Floating' }).check();
  await expect.poll(() => canvas.evaluate((element: HTMLCanvasElement) => element.width)).toBe(1280);
  expect(sent).toEqual([]);
});

test('what is no picture is said to be none', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/studio#scene=screenshot`);
  await page
    .locator('#screenshot')
    .setInputFiles({ name: 'notes.txt', mimeType: 'image/png', buffer: Buffer.from('hello') });
  await expect(page.getByText('notes.txt is no picture')).toBeVisible();
});

test('"Start over" and the keyboard: all settings are reached and go back', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/studio#theme=dark&title=X`);
  await page.getByRole('radio', { name: 'Floating' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(code(page)).toContainText('data-mode="inline"');
  await page.getByRole('button', { name: 'Start over' }).focus();
  await page.keyboard.press('Enter');
  await expect(code(page)).not.toContainText('data-title');
  await expect(page.getByRole('radio', { name: 'Floating' })).toBeChecked();
  await expect(page.getByLabel('Title', { exact: true })).toHaveValue('');
});

for (const scene of ['shop', 'clinic', 'software', 'screenshot']) {
  test(`the sample page "${scene}" has no finding of axe, in the dark too`, async ({ page, salient }) => {
    for (const theme of ['light', 'dark']) {
      await page.goto(`${salient.url}/demo/scenes/${scene}#theme=${theme}`);
      await page.reload();
      await expect(page.getByRole('button', { name: 'Open chat' })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    }
  });
}
