import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCluster, type Cluster } from './cluster.ts';
import { createVisitor } from './visitor.ts';

const HELPER = '/accounts/acme/agents/helper';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster({ models: { 'acme/helper': 'words:count=3,delay=0' } });
});

afterAll(() => cluster.close());

it('what is signed out at one process is worth nothing at another with the next request (V12)', async () => {
  const [first, second] = [await cluster.start(), await cluster.start()];
  const visitor = createVisitor(first.url);
  await visitor.chat(HELPER, { message: 'hi' });
  expect((await visitor.at(second.url).history(HELPER)).messages).toHaveLength(2);
  const token = await tokenOf(second.url, visitor.cookie()!);
  const ask = async (url: string, headers: Record<string, string>) =>
    (await fetch(new URL(`${HELPER}/history`, url), { headers: { Origin: 'https://shop.example', ...headers } }))
      .status;
  const cookie = { Cookie: visitor.cookie()! };
  const bearer = { Authorization: `Bearer ${token}` };
  expect([await ask(second.url, cookie), await ask(second.url, bearer)]).toEqual([200, 200]);

  expect((await visitor.post(`${HELPER}/session/signout`, { everywhere: true })).status).toBe(200);
  expect([await ask(second.url, cookie), await ask(second.url, bearer)]).toEqual([401, 401]);
});

async function tokenOf(url: string, cookie: string): Promise<string> {
  const response = await fetch(new URL(`${HELPER}/session/token`, url), {
    method: 'POST',
    headers: { Cookie: cookie, Origin: 'https://shop.example' },
  });
  return ((await response.json()) as { token: string }).token;
}
