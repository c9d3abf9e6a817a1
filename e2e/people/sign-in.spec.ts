import { expect, test } from '../support/test.ts';

const PASSWORD = 'a password of the tests';

test('the link of a mail confirms an address, leaves the address bar, and signs in', async ({
  page,
  salient,
  allowConsoleError,
}) => {
  allowConsoleError(/401/);
  await page.goto(`${salient.url}/people/`);
  await page.evaluate(async (password) => {
    await fetch('/auth/register', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'somebody@people.example', password }),
    });
  }, PASSWORD);
  await expect.poll(() => salient.output()).toContain('#verify_email=');
  const [link = ''] = /\/people\/#verify_email=ve_[\w-]{43}/.exec(salient.output()) ?? [];

  await page.goto('about:blank');
  await page.goto(salient.url + link);
  await expect(page.getByRole('heading')).toHaveText('Confirm your address');
  expect(page.url()).toBe(`${salient.url}/people/`);
  await page.getByRole('textbox', { name: 'The password you chose' }).fill('not this one');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('status')).toContainText('is wrong');
  await page.getByRole('textbox', { name: 'The password you chose' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('status')).toHaveText('Signed in as somebody@people.example.');
  const cookies = await page.context().cookies();
  expect(cookies.find(({ name }) => name === 'salient_login')).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
});

test('a page of another site signs nobody in, and asks for nothing in their name', async ({
  page,
  salient,
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/CORS|Failed to load/);
  const { url } = await hostPage('<!doctype html><title>Shop</title>');
  await page.goto(url);
  const failed = await page.evaluate(async (server) => {
    try {
      await fetch(`${server}/auth/login`, { method: 'POST', credentials: 'include', body: '{}' });
      return false;
    } catch {
      return true;
    }
  }, salient.url);
  expect(failed).toBe(true);
});
