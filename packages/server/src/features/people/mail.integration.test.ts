import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeSmtp, type FakeSmtp } from '../../../test/fake-smtp.ts';
import { browserOf, createPerson, errorOf, mailedToken } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { runCommand } from '../../commands/run-command.ts';

const PASSWORD = 'canary of the password';
const production = { NODE_ENV: 'production', SALIENT_SECRET: 'a secret of the test, long enough' };

describe('with a mail server', () => {
  let server: TestServer;
  let smtp: FakeSmtp;

  beforeAll(async () => {
    smtp = await startFakeSmtp();
    const environment = { ...production, SMTP_URL: smtp.url, SALIENT_PUBLIC_URL: 'https://chat.example/' };
    server = await startTestServer({ environment });
  });

  afterAll(async () => {
    await server.stop();
    await smtp.close();
  });

  /** Quoted-printable, undone. */
  const textOf = (source: string) =>
    source
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

  it('people get links to the address that was configured, whatever the request says', async () => {
    const email = 'canary@people.example';
    const browser = browserOf(server.url);
    const response = await browser.fetch('/auth/register', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-Host': 'evil.example' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    expect(response.status).toBe(202);
    await expect.poll(() => smtp.mails.length).toBe(1);
    const [mail] = smtp.mails;
    expect(mail?.to).toBe(email);
    expect(mail?.source).toContain('Subject: Confirm your e-mail address');
    const token = mailedToken(textOf(mail?.source ?? ''), 'verify_email');
    expect(textOf(mail?.source ?? '')).toContain(`https://chat.example/people/#verify_email=${token}`);
    expect((await browser.send('POST', '/auth/verify', { token, password: PASSWORD })).status).toBe(200);

    await browser.send('POST', '/auth/password/change', { current_password: PASSWORD, new_password: `${PASSWORD} 2` });
    await browserOf(server.url).send('POST', '/auth/register', { email, password: PASSWORD });
    await expect.poll(() => smtp.mails.length).toBe(3);
    const subjects = smtp.mails.slice(1).map(({ source }) => /Subject: (.*)/.exec(source)?.[1]);
    expect(new Set(subjects)).toEqual(new Set(['You have registered before', 'Your password has been changed']));
  });

  it('the log holds no address, token or password, also when a mail is refused (A5)', async () => {
    smtp.refuse();
    await browserOf(server.url).send('POST', '/auth/password/forgot', { email: 'canary@people.example' });
    await expect.poll(() => server.logs()).toContain('mail could not be sent');
    const logs = server.logs();
    for (const canary of ['canary@', 'people.example', PASSWORD, 've_', 'rp_', 'sl_'])
      expect(logs).not.toContain(canary);
  });
});

describe('without one, in production', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ environment: production });
  });

  afterAll(() => server.stop());

  it('the start says so, and what would need mail is refused', async () => {
    expect(server.logs()).toContain('SMTP_URL is not set');
    const owner = await createPerson(server, { account: 'acme' });
    for (const [path, body] of [
      ['/auth/register', { email: 'a@people.example', password: PASSWORD }],
      ['/auth/password/forgot', { email: owner.email }],
      ['/auth/verify/resend', { email: owner.email }],
      ['/accounts/acme/invites', { email: 'a@people.example', role: 'viewer' }],
    ] as const) {
      const response = await owner.send('POST', path, body);
      expect([path, ...(await errorOf(response.clone()))]).toEqual([path, 403, 'FORBIDDEN']);
      expect(((await response.json()) as { detail: string }).detail).toMatch(/^This server sends no e-mail\./);
    }
    expect(server.logs()).not.toContain('people.example');
  });

  it('the operator brings the links: to a first owner, and for a new password', async () => {
    const { config, database } = server.running;
    const lines: string[] = [];
    const run = (...args: string[]) => runCommand(args, { config, database, print: (line) => lines.push(line) });
    const email = 'First@People.Example';
    expect(await run('people', 'add-owner', '--account', 'acme', '--email', email)).toBe(0);
    const browser = browserOf(server.url);
    const token = mailedToken(lines.join('\n'), 'invite');
    const accepted = await browser.send('POST', '/auth/invites/accept', { token, password: PASSWORD });
    expect(await accepted.json()).toMatchObject({
      email: 'first@people.example',
      accounts: [{ slug: 'acme', role: 'owner', subscription_tier: 'enterprise' }],
    });
    const audit = (await (await browser.fetch('/accounts/acme/admin/audit')).json()) as { events: object[] };
    expect(audit.events).toMatchObject([
      { action: 'member.joined' },
      { action: 'invite.created', actor: { kind: 'system', id: null }, after: { role: 'owner' } },
    ]);

    expect(await run('people', 'reset-password', '--email', email)).toBe(0);
    const link = mailedToken(lines.join('\n'), 'reset_password');
    const reset = await browser.send('POST', '/auth/password/reset', { token: link, password: 'a new password' });
    expect(reset.status).toBe(204);
    const login = await browser.send('POST', '/auth/login', { email, password: 'a new password' });
    expect(login.status).toBe(200);

    await expect(run('people', 'add-owner', '--account', 'nobody', '--email', email)).rejects.toThrow(
      'no such account',
    );
    await expect(run('people', 'add-owner', '--account', 'acme')).rejects.toThrow('Missing: --email');
    await expect(run('people', 'add-owner', '--acount', 'acme')).rejects.toThrow('--acount');
    await expect(run('people', 'reset-password', '--email', 'x@y.example')).rejects.toThrow('Nobody is registered');
    await expect(run('people', 'dance')).rejects.toThrow('pnpm salient people add-owner --account');
  });
});

describe('with registration closed', () => {
  it('nobody registers without an invitation', async () => {
    const server = await startTestServer({ app: { people: { registration: 'invited' } } });
    try {
      const body = { email: 'a@people.example', password: PASSWORD };
      expect(await errorOf(await browserOf(server.url).send('POST', '/auth/register', body))).toEqual([
        403,
        'FORBIDDEN',
      ]);
    } finally {
      await server.stop();
    }
  });
});
