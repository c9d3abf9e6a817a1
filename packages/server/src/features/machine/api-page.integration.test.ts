import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ERROR_STATUS, type ErrorCode } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestKey } from '../../../test/api-client.ts';
import { answer } from '../../../test/fake-provider-replies.ts';
import { createPerson } from '../../../test/person.ts';
import { projectDirectory } from '../../../test/project-directory.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { SCOPES } from '../../access/scopes.ts';
import type { ApiDocument } from '../../openapi/build-document.ts';

const page = readFileSync(path.join(projectDirectory, 'docs/api.md'), 'utf8');
const examples = (language: string) =>
  Array.from(page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm')), ([, code = '']) => code);
const scripts = examples('js');
const [settings = '', curl = ''] = examples('sh');
const run = promisify(execFile);
const ANSWER = 'We ship to 12 countries.\n\n- by land\n- by sea';

let server: TestServer;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await startTestServer();
  server.provider.script(() => answer({ text: ANSWER }));
  const owner = await createPerson(server, { account: 'acme' });
  const { key } = await createTestKey(owner, 'acme', ['chat', 'sessions:read', 'sessions:delete']);
  env = { ...process.env, SALIENT_URL: server.url, SALIENT_KEY: key };
});

afterAll(() => server.stop());

async function runScript(code: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { env });
  return stdout;
}

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('docs/api.md', () => {
  it('has two examples in Node, one with curl, and names the variables that they read', () => {
    expect([scripts.length, examples('sh').length]).toEqual([2, 2]);
    expect(settings).toContain('SALIENT_URL');
    expect(settings).toContain('SALIENT_KEY');
  });

  it('shows how to go on with a conversation, read it and delete it', async () => {
    expect(await runScript(scripts[0] ?? '')).toBe(`${ANSWER}\nhelper 4 4 null\n`);
  });

  it('shows how to read a stream', async () => {
    expect(await runScript(scripts[1] ?? '')).toBe(ANSWER);
  });

  if (hasCurl())
    it('shows how to ask with curl', async () => {
      const { stdout } = await run('sh', ['-c', curl], { env });
      const shown = JSON.parse(examples('json')[0] ?? '') as { metadata: object };
      const given = JSON.parse(stdout) as { response: string; metadata: object };
      expect(given).toMatchObject({ response: ANSWER, metadata: { org_id: 'customer-17', status: 'complete' } });
      expect(Object.keys(shown)).toEqual(Object.keys(given));
      expect(Object.keys(shown.metadata)).toEqual(Object.keys(given.metadata));
    });

  it('names every scope with the addresses that it opens', async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument;
    const opened = Object.entries(document.paths).flatMap(([address, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        typeof operation['x-scope'] !== 'string'
          ? []
          : [`${operation['x-scope']}: ${method.toUpperCase()} ${address.replace('{session_id}', '{id}')}`],
      ),
    );
    const rows = Array.from(
      page.matchAll(/^\| `([a-z]+(?::[a-z]+)?)` +\| (.*) \|$/gm),
      ([, scope = '', text = '']) => ({
        scope,
        addresses: Array.from(text.matchAll(/`([A-Z]+ \/api[^`]*)`/g), ([, address]) => `${scope}: ${address}`),
      }),
    ).filter(({ scope }) => (SCOPES as readonly string[]).includes(scope));
    expect(rows.map(({ scope }) => scope)).toEqual(SCOPES);
    expect(rows.flatMap(({ addresses }) => addresses).toSorted()).toEqual(opened.toSorted());
  });

  it('gives each error the status that it has', () => {
    const rows = Array.from(
      page.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) +\| ([\d, ]+?) +\|/gm),
      ([, codes = '', statuses = '']) => ({
        codes: codes.match(/[A-Z_]+/g) as ErrorCode[],
        statuses: statuses.split(', ').map(Number),
      }),
    );
    expect(rows).toHaveLength(4);
    for (const { codes, statuses } of rows) expect(codes.map((code) => ERROR_STATUS[code])).toEqual(statuses);
  });
});
