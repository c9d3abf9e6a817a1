import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPhp } from '../../../../../scripts/find-php.mjs';
import { createPerson } from '../../../test/person.ts';
import { projectDirectory } from '../../../test/project-directory.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';

let server: TestServer;
let page: string;
let key: { kid: string; secret: string };

beforeAll(async () => {
  page = await readFile(path.join(projectDirectory, 'docs/identity.md'), 'utf8');
  server = await startTestServer();
  const owner = await createPerson(server, { account: 'acme' });
  key = (await (await owner.send('POST', '/accounts/acme/admin/identity-keys', {})).json()) as typeof key;
});

afterAll(() => server.stop());

function exampleIn(language: string): string {
  const [, code = ''] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page) ?? [];
  expect(code).not.toBe('');
  return code;
}

async function expectTaken(token: string, user: { id: string; name: string; email: string }): Promise<void> {
  const visitor = createVisitor(server.url);
  const response = await visitor.post(`${HELPER}/identify`, { token });
  expect([response.status, await response.json()]).toEqual([
    200,
    expect.objectContaining({ verified: true, user_id: user.id }),
  ]);
  const profile = await server.running.database.withAccountSlug('acme', (tx) =>
    tx.profile.findMany({ where: { visitor: { is: { externalId: user.id } } }, orderBy: { field: 'asc' } }),
  );
  const stored = profile
    ?.filter(({ field }) => field !== 'user_id')
    .map(({ field, value, verified }) => [field, value, verified]);
  expect(stored).toEqual([
    ['email', user.email, true],
    ['name', user.name, true],
  ]);
}

describe('the examples of docs/identity.md sign what the server takes', () => {
  it('in Node', async () => {
    const { signIdentity } = (await import(`data:text/javascript,${encodeURIComponent(exampleIn('js'))}`)) as {
      signIdentity: (input: object) => string;
    };
    const user = { id: 'by-node', name: 'Ada "Löve/lace" 🧂', email: 'ada@example.com' };
    await expectTaken(signIdentity({ ...key, account: 'acme', user }), user);
  });

  it('in PHP', async () => {
    const user = { id: 'by-php', name: 'Ada "Löve/lace" 🧂', email: 'ada@example.com' };
    const call = 'echo sign_identity(...json_decode($argv[1], true));';
    const input = JSON.stringify([key.kid, key.secret, 'acme', user]);
    const { stdout } = await promisify(execFile)(await findPhp(), ['-r', `${exampleIn('php')}\n${call}`, input]);
    await expectTaken(stdout, user);
  });
});
