import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserOf, createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';

const PASSWORD = 'correct horse battery';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

/** The token of the last link that was mailed for this. */
function mailedToken(purpose: string): string {
  const links = Array.from(
    server.logs().matchAll(new RegExp(`#${purpose}=(\\w\\w_[\\w-]{43})`, 'g')),
    ([, token]) => token,
  );
  return links.at(-1) ?? '';
}

async function errorOf(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as { code: string }).code];
}

async function register(email: string): Promise<Person> {
  const browser = browserOf(server.url);
  expect((await browser.send('POST', '/auth/register', { email, password: PASSWORD })).status).toBe(202);
  return browser;
}

describe('a new person', () => {
  it('registers, confirms the address, opens an account and owns it', async () => {
    const browser = await register('New@People.Example');
    expect(
      await errorOf(await browser.send('POST', '/auth/login', { email: 'new@people.example', password: PASSWORD })),
    ).toEqual([401, 'UNAUTHENTICATED']);
    const token = mailedToken('verify_email');
    expect(await errorOf(await browser.send('POST', '/auth/verify', { token, password: 'not this one' }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    const verified = await browser.send('POST', '/auth/verify', { token, password: PASSWORD });
    expect(await verified.json()).toMatchObject({ email: 'new@people.example', name: 'new', accounts: [] });
    expect(await errorOf(await browser.send('POST', '/auth/verify', { token, password: PASSWORD }))).toEqual([
      404,
      'NOT_FOUND',
    ]);

    const opened = await browser.send('POST', '/accounts', { slug: 'new-shop', name: 'New Shop' });
    expect([opened.status, await opened.json()]).toEqual([
      201,
      { slug: 'new-shop', name: 'New Shop', role: 'owner', subscription_tier: 'free' },
    ]);
    const me = await (await browser.fetch('/auth/me')).json();
    expect(me).toMatchObject({ accounts: [{ slug: 'new-shop', role: 'owner' }] });
    expect(await errorOf(await browser.send('POST', '/accounts', { slug: 'acme', name: 'Mine' }))).toEqual([
      422,
      'VALIDATION_ERROR',
    ]);
  });

  it('signs out at the server', async () => {
    const person = await createPerson(server);
    const cookies = person.cookies();
    expect((await person.send('POST', '/auth/logout')).status).toBe(204);
    expect(await errorOf(await person.fetch('/auth/me', { headers: { Cookie: cookies } }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
  });
});
