import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../access/roles.ts';
import { createLog } from '../../log.ts';
import { createFoundAgents } from '../agents/index.ts';
import { projectDirectory } from '../../../test/project-directory.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import {
  addMember,
  browserOf,
  createPerson,
  errorOf,
  mailedToken,
  TEST_PASSWORD,
  type Person,
} from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';

const PASSWORD = 'correct horse battery';
const FORBIDDEN = [403, 'FORBIDDEN'];

let server: TestServer;
/** A new account for each test. */
let account: string;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer({ app: { people: { mails_per_network: 1000, tries_per_network: 1000 } } });
});

afterAll(() => server.stop());

beforeEach(async () => {
  owner = await createPerson(server);
  account = `shop-${randomUUID().slice(0, 8)}`;
  expect((await owner.send('POST', '/accounts', { slug: account, name: 'Shop' })).status).toBe(201);
});

const inAccount = (role: Role) => createPerson(server, { account, role });

const setRole = (by: Person, person: Person, role: Role) =>
  by.send('POST', `/accounts/${account}/users/${person.id}/role`, { role });

const remove = (by: Person, person: Person) => by.send('DELETE', `/accounts/${account}/users/${person.id}`);

const logInAgain = (person: Person) =>
  person.send('POST', '/auth/login', { email: person.email, password: TEST_PASSWORD });

async function rolesNow(): Promise<Record<string, Role>> {
  const rows = await queryAsOwnerOf<{ user_id: string; role: Role }>(
    server.running.database,
    `SELECT user_id, role FROM user_roles JOIN accounts ON accounts.id = account_id WHERE slug = '${account}'`,
  );
  return Object.fromEntries(rows.map(({ user_id: id, role }) => [id, role]));
}

describe('the people of an account', () => {
  it('are listed, longest first', async () => {
    const viewer = await inAccount('viewer');
    const list = (await (await viewer.fetch(`/accounts/${account}/users`)).json()) as object[];
    expect(list).toMatchObject([
      { user_id: owner.id, email: owner.email, role: 'owner', created_by: owner.id },
      { user_id: viewer.id, email: viewer.email, role: 'viewer', created_by: null },
    ]);
  });

  it('lose their rights with their next request (V12)', async () => {
    const member = await inAccount('admin');
    expect((await member.fetch(`/accounts/${account}/admin/audit`)).status).toBe(200);
    expect((await setRole(owner, member, 'viewer')).status).toBe(200);
    await logInAgain(member);
    expect(await errorOf(await member.fetch(`/accounts/${account}/admin/audit`))).toEqual(FORBIDDEN);
    expect((await remove(owner, member)).status).toBe(204);
    expect(await errorOf(await member.fetch(`/accounts/${account}/users`))).toEqual([404, 'ACCOUNT_NOT_FOUND']);
  });

  it('are nobody to the people of another account (T1)', async () => {
    const stranger = await createPerson(server, { account: 'acme', role: 'owner' });
    for (const person of [stranger, { ...stranger, id: randomUUID() }]) {
      expect(await errorOf(await setRole(owner, person, 'viewer'))).toEqual([404, 'NOT_FOUND']);
      expect(await errorOf(await remove(owner, person))).toEqual([404, 'NOT_FOUND']);
    }
    expect((await stranger.fetch('/accounts/acme/users')).status).toBe(200);
  });

  it('include owners whom no admin makes, changes or removes', async () => {
    const admin = await inAccount('admin');
    const member = await inAccount('member');
    expect(await errorOf(await setRole(admin, member, 'owner'))).toEqual(FORBIDDEN);
    expect(await errorOf(await setRole(admin, admin, 'owner'))).toEqual(FORBIDDEN);
    expect(await errorOf(await setRole(admin, owner, 'viewer'))).toEqual(FORBIDDEN);
    expect(await errorOf(await remove(admin, owner))).toEqual(FORBIDDEN);
    const invite = { email: 'owner@people.example', role: 'owner' };
    expect(await errorOf(await admin.send('POST', `/accounts/${account}/invites`, invite))).toEqual(FORBIDDEN);
    expect(await rolesNow()).toEqual({ [owner.id]: 'owner', [admin.id]: 'admin', [member.id]: 'member' });
    expect((await setRole(admin, member, 'admin')).status).toBe(200);
  });

  it('leave by themselves, whatever they are', async () => {
    const viewer = await inAccount('viewer');
    expect((await viewer.send('DELETE', `/auth/accounts/${account}`)).status).toBe(204);
    expect(await errorOf(await viewer.send('DELETE', `/auth/accounts/${account}`))).toEqual([404, 'ACCOUNT_NOT_FOUND']);
    expect(await errorOf(await viewer.send('DELETE', '/auth/accounts/acme'))).toEqual([404, 'ACCOUNT_NOT_FOUND']);
    expect(await rolesNow()).toEqual({ [owner.id]: 'owner' });
  });
});

describe('an account', () => {
  it('says what its tier lets it do, and takes another name', async () => {
    const address = `/accounts/${account}/admin/account`;
    expect(await (await owner.fetch(address)).json()).toMatchObject({
      slug: account,
      name: 'Shop',
      subscription_tier: 'free',
      limits: { max_agents: 2, requests_per_hour: 100 },
      created_by: owner.id,
    });
    const renamed = await owner.send('PATCH', address, { name: 'Better Shop' });
    expect(await renamed.json()).toMatchObject({ slug: account, name: 'Better Shop' });
    expect(await errorOf(await owner.send('PATCH', address, { subscription_tier: 'premium' }))).toEqual([
      422,
      'VALIDATION_ERROR',
    ]);
    const audit = await (await owner.fetch(`/accounts/${account}/admin/audit?limit=1`)).json();
    expect(audit).toMatchObject({
      events: [{ action: 'account.renamed', before: { name: 'Shop' }, after: { name: 'Better Shop' } }],
    });
  });

  it('of the operator has the tier that is configured, and one of a person gets no agents from a folder', async () => {
    const operators = await createPerson(server, { account: 'acme', role: 'viewer' });
    expect(await (await operators.fetch('/accounts/acme/admin/account')).json()).toMatchObject({
      subscription_tier: 'enterprise',
      limits: { max_agents: 200, requests_per_hour: 100_000 },
      created_by: null,
    });
    await server.writeAgent({ account, agent: 'planted' });
    let logged = '';
    await createFoundAgents(
      server.running.database,
      {
        configsDirectory: server.configsDirectory,
        templatesDirectory: path.join(projectDirectory, 'config/agent_templates'),
        projectDirectory,
      },
      'enterprise',
      createLog('warn', { write: (line: string) => void (logged += line) }),
    );
    expect(logged).toContain('folder ignored: a person has opened an account of that name');
    expect(await (await fetch(`${server.url}/accounts/${account}/agents`)).json()).toEqual([]);
  });
});

describe('the last owner', () => {
  it('stays, and stays one', async () => {
    await inAccount('admin');
    expect(await errorOf(await setRole(owner, owner, 'admin'))).toEqual(FORBIDDEN);
    expect(await errorOf(await remove(owner, owner))).toEqual(FORBIDDEN);
    expect(await errorOf(await owner.send('DELETE', `/auth/accounts/${account}`))).toEqual(FORBIDDEN);
  });

  it('is there after two owners have demoted, removed and left at the same moment', async () => {
    const ways: ((first: Person, second: Person) => Promise<Response>)[] = [
      (first, second) => setRole(first, second, 'member'),
      (first, second) => remove(first, second),
      (first) => setRole(first, first, 'viewer'),
      (first) => first.send('DELETE', `/auth/accounts/${account}`),
    ];
    for (const way of ways) {
      for (let time = 0; time < 3; time += 1) {
        account = `shop-${randomUUID().slice(0, 8)}`;
        await server.running.database.withNewAccount({ slug: account, name: account }, () => Promise.resolve());
        const [first, second] = [await createPerson(server), await createPerson(server)];
        await addMember(server, first.id, account, 'owner');
        await addMember(server, second.id, account, 'owner');
        const answers = await Promise.all([way(first, second), way(second, first)]);
        const label = answers.map(({ status }) => status);
        expect(
          Object.values(await rolesNow()).filter((role) => role === 'owner'),
          label.join(' '),
        ).toHaveLength(1);
        expect(
          label.filter((status) => status < 300),
          label.join(' '),
        ).toHaveLength(1);
      }
    }
  });
});

describe('an invite', () => {
  const invite = (by: Person, email: string, role: Role = 'member') =>
    by.send('POST', `/accounts/${account}/invites`, { email, role });
  const accept = (browser: Person, body: object) => browser.send('POST', '/auth/invites/accept', body);
  const lastToken = () => mailedToken(server.logs(), 'invite');

  it('brings somebody new in, with a password of theirs, and signs them in', async () => {
    const email = `${randomUUID()}@people.example`;
    const made = await invite(owner, email);
    expect([made.status, await made.json()]).toMatchObject([201, { email, role: 'member', invited_by: owner.id }]);
    const token = lastToken();
    const browser = browserOf(server.url);
    expect(await errorOf(await accept(browser, { token }))).toEqual([422, 'VALIDATION_ERROR']);
    const accepted = await accept(browser, { token, password: PASSWORD, name: 'New One' });
    expect(await accepted.json()).toMatchObject({
      email,
      name: 'New One',
      accounts: [{ slug: account, role: 'member' }],
    });
    expect((await browser.fetch(`/accounts/${account}/users`)).status).toBe(200);
    expect(await errorOf(await accept(browserOf(server.url), { token, password: PASSWORD }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    expect(await (await owner.fetch(`/accounts/${account}/invites`)).json()).toEqual([]);
  });

  it('brings in who has signed in with the invited address, and nobody else', async () => {
    const invited = await createPerson(server);
    const other = await createPerson(server);
    await invite(owner, invited.email, 'viewer');
    const token = lastToken();
    expect(await errorOf(await accept(browserOf(server.url), { token, password: PASSWORD }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    expect(await errorOf(await accept(other, { token }))).toEqual(FORBIDDEN);
    const [first, second] = await Promise.all([accept(invited, { token }), accept(invited, { token })]);
    expect(new Set([first.status, second.status])).toEqual(new Set([200, 404]));
    expect(await rolesNow()).toEqual({ [owner.id]: 'owner', [invited.id]: 'viewer' });
    expect(await errorOf(await invite(owner, invited.email))).toEqual([422, 'VALIDATION_ERROR']);
  });

  it('takes over what somebody registered with that address and never confirmed', async () => {
    const email = `${randomUUID()}@people.example`;
    await browserOf(server.url).send('POST', '/auth/register', { email, password: 'what the attacker chose' });
    const stale = mailedToken(server.logs(), 'verify_email');
    await invite(owner, email);
    expect((await accept(browserOf(server.url), { token: lastToken(), password: PASSWORD })).status).toBe(200);
    const attacker = browserOf(server.url);
    const login = await attacker.send('POST', '/auth/login', { email, password: 'what the attacker chose' });
    expect(login.status).toBe(401);
    const verify = await attacker.send('POST', '/auth/verify', { token: stale, password: 'what the attacker chose' });
    expect(verify.status).toBe(404);
  });

  it('is shown to nobody but the letter box', async () => {
    const made = await invite(owner, `${randomUUID()}@people.example`);
    const text = (await made.text()) + (await (await owner.fetch(`/accounts/${account}/invites`)).text());
    expect(text).not.toContain(lastToken());
    expect(text).not.toContain('iv_');
  });

  it('ends when it is taken back, asked for again, expires, or its maker may not ask any more', async () => {
    const email = `${randomUUID()}@people.example`;
    const gone: string[] = [];
    await invite(owner, email);
    gone.push(lastToken());
    const { id } = (await (await invite(owner, email)).json()) as { id: string };
    gone.push(lastToken());
    expect((await owner.send('DELETE', `/accounts/${account}/invites/${id}`)).status).toBe(204);
    expect(await errorOf(await owner.send('DELETE', `/accounts/${account}/invites/${id}`))).toEqual([404, 'NOT_FOUND']);

    const admin = await inAccount('admin');
    await invite(admin, email, 'admin');
    gone.push(lastToken());
    expect((await remove(owner, admin)).status).toBe(204);

    await invite(owner, email);
    gone.push(lastToken());
    await queryAsOwnerOf(
      server.running.database,
      `UPDATE account_invites SET expires_at = now() - interval '1 second'`,
    );
    for (const token of gone) {
      expect(await errorOf(await accept(browserOf(server.url), { token, password: PASSWORD }))).toEqual([
        404,
        'NOT_FOUND',
      ]);
    }
    expect(await rolesNow()).toEqual({ [owner.id]: 'owner' });
  });
});
