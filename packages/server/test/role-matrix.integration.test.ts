import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ErrorBody } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayDo, ROLE_MATRIX, ROLES, type Permission, type Role } from '../src/access/roles.ts';
import { tooLittleRole } from '../src/features/people/people-errors.ts';
import type { ApiDocument } from '../src/openapi/build-document.ts';
import { dumpTables } from './owner-access.ts';
import { addMember, browserOf, createPerson, type Person } from './person.ts';
import { projectDirectory } from './project-directory.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

// Every role at every address of the console, as /openapi.json lists them: an address that comes later is walked as well.

interface Cell {
  method: string;
  path: string;
  permission: Permission;
}

let server: TestServer;
let document: ApiDocument;
let cells: Cell[];
let people: Record<Role, Person>;
let outsider: Person;

beforeAll(async () => {
  server = await startTestServer();
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument;
  cells = findCells(document);
  const made = [];
  for (const role of ROLES) made.push([role, await createPerson(server)]);
  people = Object.fromEntries(made) as Record<Role, Person>;
  await createAccount('others-shop');
  outsider = await createPerson(server, { account: 'others-shop', role: 'owner' });
});

afterAll(() => server.stop());

function findCells({ paths }: ApiDocument): Cell[] {
  return Object.entries(paths).flatMap(([address, methods]) =>
    Object.entries(methods).flatMap(([method, operation]): Cell[] => {
      const permission = operation['x-permission'] as Permission | undefined;
      return permission === undefined ? [] : [{ method: method.toUpperCase(), path: address, permission }];
    }),
  );
}

async function createAccount(slug: string): Promise<void> {
  await server.running.database.withNewAccount({ slug, name: slug }, () => Promise.resolve());
}

/** An account with one person of each role: what an allowed request does to it is nobody else's business. */
async function createStaffedAccount(): Promise<string> {
  const slug = `shop-${randomUUID().slice(0, 8)}`;
  await createAccount(slug);
  for (const role of ROLES) await addMember(server, people[role].id, slug, role);
  return slug;
}

async function ask(
  person: Person,
  { method, path: address }: Cell,
  account: string,
): Promise<[number, Partial<ErrorBody>]> {
  const filled = address.replace('{account}', account).replaceAll(/\{(\w+)\}/g, fillIn);
  const response = await person.send(method, filled, method === 'GET' ? undefined : {});
  const text = await response.text();
  const isError = response.status >= 400 && text !== '';
  const { request_id: _, ...error } = (isError ? JSON.parse(text) : {}) as Partial<ErrorBody>;
  return [response.status, error];
}

function fillIn(_: string, name: string): string {
  return name === 'agent' ? 'helper' : '00000000-0000-4000-8000-000000000000';
}

describe('the role matrix (A7)', () => {
  it('holds every address of the console', () => {
    const open = Object.entries(document.paths).flatMap(([address, methods]) =>
      /^\/accounts\/\{account\}\/(admin|users|invites)\b/.test(address)
        ? Object.entries(methods).flatMap(([method, operation]) =>
            operation['x-permission'] === undefined ? [`${method} ${address}`] : [],
          )
        : [],
    );
    expect(open).toEqual([]);
    expect(
      cells.map(({ method, path: address, permission }) => `${permission}: ${method} ${address}`).toSorted(),
    ).toMatchSnapshot();
  });

  it('is the published one', () => {
    const page = readFileSync(path.join(projectDirectory, 'docs/people.md'), 'utf8');
    const published = Array.from(page.matchAll(/^\| `(\w+)` +\|(.*)\|[^|]*\|$/gm), ([, permission, marks = '']) => [
      permission,
      marks.split('|').map((mark) => mark.trim() === 'yes'),
    ]);
    expect(Object.fromEntries(published)).toEqual(
      Object.fromEntries(
        (Object.keys(ROLE_MATRIX) as Permission[]).map((permission) => [
          permission,
          ROLES.map((role) => mayDo(role, permission)),
        ]),
      ),
    );
  });

  it('refuses every role what it has not, and changes nothing', async () => {
    const account = await createStaffedAccount();
    const before = await dumpState();
    const refused: [number, Partial<ErrorBody>] = [
      403,
      { error: 'Forbidden', detail: tooLittleRole().message, code: 'FORBIDDEN' },
    ];
    for (const cell of cells) {
      for (const role of ROLES.filter((name) => !mayDo(name, cell.permission))) {
        expect([role, cell, await ask(people[role], cell, account)]).toEqual([role, cell, refused]);
      }
    }
    expect(await dumpState()).toEqual(before);
  });

  it('lets every role do what it has', async () => {
    for (const cell of cells) {
      for (const role of ROLES.filter((name) => mayDo(name, cell.permission))) {
        const [status, { code, detail }] = await ask(people[role], cell, await createStaffedAccount());
        const label = `${role} ${cell.method} ${cell.path}: ${status} ${code}`;
        expect(status, label).toBeLessThan(500);
        expect(['UNAUTHENTICATED', 'ACCOUNT_NOT_FOUND', 'METHOD_NOT_ALLOWED'], label).not.toContain(code);
        expect(detail, label).not.toBe(tooLittleRole().message);
      }
    }
  });

  it('shows nobody else whether there is such an account (T1)', async () => {
    const account = await createStaffedAccount();
    for (const cell of cells) {
      const nobody = await ask(browserOf(server.url), cell, account);
      expect([cell, nobody[0], nobody[1].code]).toEqual([cell, 401, 'UNAUTHENTICATED']);
      expect([cell, nobody]).toEqual([cell, await ask(browserOf(server.url), cell, 'no-such-account')]);
      const foreign = await ask(outsider, cell, account);
      expect([cell, foreign[0], foreign[1].code]).toEqual([cell, 404, 'ACCOUNT_NOT_FOUND']);
      expect([cell, foreign]).toEqual([cell, await ask(outsider, cell, 'no-such-account')]);
    }
  });
});

describe('forged requests (V5)', () => {
  it('are refused at every address of people, and change nothing', async () => {
    const account = await createStaffedAccount();
    const forgeries: [string, RequestInit][] = [
      ['from another origin', { headers: { Origin: 'https://evil.example', 'Content-Type': 'application/json' } }],
      ['from another port', { headers: { Origin: 'http://127.0.0.1:1', 'Content-Type': 'application/json' } }],
      ['from nowhere', { headers: { Origin: 'null', 'Content-Type': 'application/json' } }],
      [
        'from a sibling site',
        { headers: { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'cors', 'Content-Type': 'application/json' } },
      ],
      ['by a form', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }],
      ['by a form with files', { headers: { 'Content-Type': 'multipart/form-data; boundary=x' } }],
      ['by a form of text', { headers: { 'Content-Type': 'text/plain' } }],
    ];
    const addresses = Object.entries(document.paths).flatMap(([address, methods]) =>
      Object.entries(methods)
        .filter(
          ([method, operation]) => method !== 'get' && (operation['x-permission'] !== undefined || isOfPeople(address)),
        )
        .map(([method]) => ({ method: method.toUpperCase(), path: address })),
    );
    expect(addresses.length).toBeGreaterThan(15);
    const before = await dumpState();
    for (const { method, path: address } of addresses) {
      const filled = address.replace('{account}', account).replaceAll(/\{(\w+)\}/g, fillIn);
      for (const [name, init] of forgeries) {
        const response = await people.owner.fetch(filled, { method, body: '{}', ...init });
        expect([name, method, address, [403, 415].includes(response.status)]).toEqual([name, method, address, true]);
        expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
      }
      const silent = await fetch(`${server.url}${filled}`, { method, headers: { Cookie: people.owner.cookies() } });
      expect([method, address, silent.status]).toEqual([method, address, 403]);
    }
    expect(await dumpState()).toEqual(before);
  });
});

/** Everything but when a session was last used. */
async function dumpState(): Promise<Record<string, string[]>> {
  const { user_sessions: sessions = [], ...tables } = await dumpTables(server.running.database);
  return { ...tables, sessions: sessions.map((row) => row.replace(/"last_used_at": "[^"]+"/, '')) };
}

function isOfPeople(address: string): boolean {
  return address.startsWith('/auth/') || address === '/accounts';
}
