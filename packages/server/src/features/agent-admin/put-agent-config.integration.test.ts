import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  configOf,
  createAgent,
  greetingOf,
  helperAddress,
  openShop,
  putConfig,
  refusalOf,
} from '../../../test/agent-console.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';

let server: TestServer;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer({ agents: [{ account: 'acme', agent: 'helper', systemPrompt: 'From the file.' }] });
  owner = await createPerson(server, { account: 'acme' });
});

afterAll(() => server.stop());

describe('the configuration of an agent', () => {
  it('shows every setting with the layer it comes from, but none of the operator', async () => {
    const address = await helperAddress(owner);
    await putConfig(owner, address, { llm: { temperature: 1 } });
    const { overrides, settings, problem } = await configOf(owner, address);
    expect([overrides, problem]).toEqual([{ llm: { temperature: 1 } }, null]);
    expect(settings).toMatchObject({
      'llm.temperature': { value: 1, source: 'database' },
      'llm.inference_provider': { value: 'openai_compatible', source: 'file' },
      'llm.model': { value: 'echo', source: 'file' },
      system_prompt: { value: 'From the file.', source: 'file' },
      'widget.position': { value: 'bottom-right', source: 'template' },
      'widget.radius': { value: 16, source: 'default' },
      'context_management.history_limit': { value: expect.any(Number) },
      'widget.title': { value: 'helper of acme' },
    });
    expect(JSON.stringify(settings)).not.toContain(server.provider.baseUrl);
    expect(Object.keys(settings ?? {}).filter((key) => /base_url|api_key_env|knowledge/.test(key))).toEqual([]);
  });

  it('is in force without a restart', async () => {
    const address = await helperAddress(owner);
    expect((await putConfig(owner, address, { widget: { greeting: 'Edited' } })).status).toBe(200);
    await expect.poll(() => greetingOf(server, 'acme', 'helper'), { interval: 50 }).toBe('Edited');
  });

  it('refuses what is broken with every key named, and the last good one goes on', async () => {
    const address = await helperAddress(owner);
    await putConfig(owner, address, { widget: { greeting: 'Good' } });
    await expect.poll(() => greetingOf(server, 'acme', 'helper')).toBe('Good');
    const before = await configOf(owner, address);
    const answers = [];
    for (const overrides of [
      { llm: { temperature: 3, modle: 'm' }, widget: { greeting: 'Bad' } },
      { agent_type: 'butler' },
      { allowed_origins: ['https://*.co.uk'] },
      { feature_flags: { 'Not A Name': true } },
      { llm: { inference_provider: 'together', model: null } },
    ]) {
      answers.push(await refusalOf(await putConfig(owner, address, overrides)));
    }
    expect(answers).toMatchInlineSnapshot(`
      [
        [
          422,
          "VALIDATION_ERROR",
          "llm.temperature: Too big: expected number to be <=2; llm.modle: unknown key.",
        ],
        [
          422,
          "VALIDATION_ERROR",
          "agent_type: Invalid option: expected one of "simple_chat"|"sales"|"research"|"rag"|"digital_expert".",
        ],
        [
          422,
          "VALIDATION_ERROR",
          "allowed_origins.0: must name a domain of its own after *., not an ending that others register names under.",
        ],
        [
          422,
          "VALIDATION_ERROR",
          "feature_flags.Not A Name: must be a name such as enable_feedback.",
        ],
        [
          422,
          "VALIDATION_ERROR",
          "llm.model: Invalid input: expected string, received null.",
        ],
      ]
    `);
    expect(await configOf(owner, address)).toEqual(before);
    await server.running.directory.refresh();
    expect(await greetingOf(server, 'acme', 'helper')).toBe('Good');
  });

  it('never takes from an account what reaches into the server', async () => {
    const address = await helperAddress(owner);
    const before = await configOf(owner, address);
    const details = [];
    for (const overrides of [
      { llm: { base_url: 'https://evil.example/v1' } },
      { llm: { api_key_env: 'SALIENT_SECRET' } },
      { knowledge: { include: ['.env'] } },
      { account: 'rival' },
      { instance_name: 'rival' },
    ]) {
      const [status, code, detail] = await refusalOf(await putConfig(owner, address, overrides));
      expect([status, code]).toEqual([422, 'VALIDATION_ERROR']);
      details.push(detail);
    }
    expect(details).toMatchInlineSnapshot(`
      [
        "llm.base_url: only whoever runs the server may set it.",
        "llm.api_key_env: only whoever runs the server may set it.",
        "knowledge: only whoever runs the server may set it.",
        "account: only whoever runs the server may set it.",
        "instance_name: only whoever runs the server may set it.",
      ]
    `);
    expect(await configOf(owner, address)).toEqual(before);
  });

  it('says what is wrong with a row that was broken by hand', async () => {
    const { shop, keeper } = await openShop(server);
    const agent = await createAgent(keeper, shop, {
      instance_slug: 'desk',
      configuration: { llm: { inference_provider: 'local' } },
    });
    await queryAsOwnerOf(
      server.running.database,
      `UPDATE agent_instances SET configuration = '{"llm": {"base_url": "http://10.0.0.1"}}' WHERE id = '${agent.id}'`,
    );
    const address = `/accounts/${shop}/admin/agents/${agent.id}`;
    expect(await configOf(keeper, address)).toMatchObject({
      version: 2,
      settings: null,
      problem: 'llm.base_url: only whoever runs the server may set it',
    });
    expect((await putConfig(keeper, address, { llm: { inference_provider: 'local' } }, '"2"')).status).toBe(200);
    expect(await configOf(keeper, address)).toMatchObject({ version: 3, problem: null });
  });

  it('loses no update: of two that begin with the same version one is refused', async () => {
    const address = await helperAddress(owner);
    const read = await owner.fetch(`${address}/config`);
    const etag = read.headers.get('ETag')!;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        putConfig(owner, address, { widget: { greeting: `Writer ${index}` } }, etag),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect(await configOf(owner, address)).toMatchObject({ overrides: { widget: { greeting: `Writer ${winner}` } } });
    expect(await refusalOf(answers.find(({ status }) => status === 412)!)).toMatchObject([
      412,
      'VERSION_CONFLICT',
      /version \d/,
    ]);

    const bare = await owner.send('PUT', `${address}/config`, {});
    expect(await refusalOf(bare)).toMatchObject([422, 'VALIDATION_ERROR', /^If-Match: is required/]);
    expect(await refusalOf(await putConfig(owner, address, {}, 'W/"1"'))).toMatchObject([
      422,
      'VALIDATION_ERROR',
      /^If-Match: /,
    ]);
  });
});
