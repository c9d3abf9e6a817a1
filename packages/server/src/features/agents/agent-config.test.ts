import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseYamlFile } from '../../yaml-file.ts';
import { agentLayerSchema, isOperatorKey, OPERATOR_KEYS, rowLayerSchema, templateLayerSchema } from './agent-config.ts';
import { findOverrideProblems } from './check-overrides.ts';

/** Each with something that a file may say. */
const VALUES_OF_OPERATOR: Record<string, unknown> = {
  'llm.base_url': 'https://evil.example/v1',
  'llm.api_key_env': 'OPENAI_API_KEY',
  knowledge: { include: ['.env'] },
  account: 'other',
  instance_name: 'other',
};

describe('allowed_origins', () => {
  const read = (origin: string) => agentLayerSchema.safeParse({ allowed_origins: [origin] }).data?.allowed_origins?.[0];

  it.each([
    ['https://www.example.com', 'https://www.example.com'],
    ['http://localhost', 'http://localhost'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['https://*.example.org', 'https://*.example.org'],
    ['https://*.shop.example.org:8443', 'https://*.shop.example.org:8443'],
    ['https://xn--mnchen-3ya.de', 'https://xn--mnchen-3ya.de'],
    ['HTTPS://WWW.Example.COM', 'https://www.example.com'],
    ['Https://*.Example.ORG', 'https://*.example.org'],
    // Browsers leave the usual port out.
    ['https://www.example.com:443', 'https://www.example.com'],
    ['http://*.example.com:80', 'http://*.example.com'],
  ])('takes %s as %s', (origin, kept) => {
    expect(read(origin)).toBe(kept);
  });

  it.each([
    '*',
    'https://*',
    'https://*.com',
    'https://*.com:8443',
    'https://*.',
    'https://www.*.com',
    'https://shop*.example.com',
    'https://*.*.example.com',
    'https://**.example.com',
    'https://www.example.com/',
    'https://www.example.com/shop',
    'https://www.example.com?x=1',
    'https://www.example.com#top',
    'https://user@www.example.com',
    'https://user:secret@www.example.com',
    'https://www.example.com:',
    'https://www.example.com:99999',
    'https://www.example.com:443:443',
    'https://www..example.com',
    'https://.example.com',
    'https://www.example.com.',
    'https://münchen.de',
    'https:/www.example.com',
    'https:\\\\www.example.com',
    '//www.example.com',
    'www.example.com',
    'ftp://www.example.com',
    'file:///index.html',
    'javascript:alert(1)',
    'null',
    '',
    ' https://www.example.com',
    'https://www.example.com ',
    'https://www.example.com\n',
    'https://www.example.com\nhttps://evil.example',
    'https://www example.com',
    'https://256.256.256.256',
  ])('refuses %j', (origin) => {
    expect(read(origin)).toBeUndefined();
  });

  it.each([
    'https://*.co.uk',
    'https://*.com.au:8443',
    'https://*.github.io',
    'https://*.s3.amazonaws.com',
    'https://*.myshopify.com',
  ])('refuses %s: anybody can have a name there (V4)', (origin) => {
    expect(read(origin)).toBeUndefined();
    expect(read(origin.replace('*.', '*.shop.'))).toBeDefined();
    expect(read(origin.replace('*', 'shop'))).toBeDefined();
  });

  it('says once what an origin is', () => {
    const text = 'allowed_origins:\n  - https://www.example.com\n  - https://*.com\n  - https://example.com/shop\n';
    expect(problemOf(text)).toMatchInlineSnapshot(`
      "config.yaml:3: allowed_origins.1: must be an origin such as https://www.example.com or https://*.example.org, without a path
      config.yaml:4: allowed_origins.2: must be an origin such as https://www.example.com or https://*.example.org, without a path"
    `);
  });
});

describe('an agent file', () => {
  it('has every problem named in one message', () => {
    expect(
      problemOf(`agent_type: chatbot
display_name: ""
llm:
  inference_provider: opneai
  temperature: "0.3"
  max_tokens: 2.5
  base_url: localhost:11434
  api_key_env: sk-live-1234
  timeout_seconds: 0
  fallbacks:
    - { inference_provider: together }
tools: { vector_serach: { enabled: true } }
context_management: { history_limit: -1 }
widget:
  accent: blue
  position: bottom
  image_hosts: ["*.com", "https://img.example.com"]
budget: { monthly_usd: 50 }
feature_flags: { Enable-Feedback: true }
`),
    ).toMatchInlineSnapshot(`
      "config.yaml:1: agent_type: Invalid option: expected one of "simple_chat"|"sales"|"research"|"rag"|"digital_expert"
      config.yaml:2: display_name: Too small: expected string to have >=1 characters
      config.yaml:4: llm.inference_provider: Invalid option: expected one of "openrouter"|"together"|"openai"|"openai_compatible"|"local"
      config.yaml:5: llm.temperature: Invalid input: expected number, received string
      config.yaml:6: llm.max_tokens: Invalid input: expected int, received number
      config.yaml:7: llm.base_url: must be an http(s) address
      config.yaml:8: llm.api_key_env: must be the name of an environment variable
      config.yaml:9: llm.timeout_seconds: Too small: expected number to be >=1
      config.yaml:11: llm.fallbacks.0.model: Invalid input: expected string, received undefined
      config.yaml:12: tools.vector_serach: unknown key
      config.yaml:13: context_management.history_limit: Too small: expected number to be >=0
      config.yaml:15: widget.accent: must be a colour such as "#0b5fff"
      config.yaml:16: widget.position: Invalid option: expected one of "bottom-right"|"bottom-left"|"top-right"|"top-left"
      config.yaml:17: widget.image_hosts.0: must be a host such as img.example.com or *.example.com
      config.yaml:17: widget.image_hosts.1: must be a host such as img.example.com or *.example.com
      config.yaml:18: budget.monthly_usd: Invalid input: expected string, received number
      config.yaml:19: feature_flags.Enable-Feedback: must be a name such as enable_feedback"
    `);
  });

  it('keeps image hosts in lower case', () => {
    const layer = agentLayerSchema.parse({ widget: { image_hosts: ['IMG.Example.com', '*.example.xn--p1ai'] } });
    expect(layer.widget?.image_hosts).toEqual(['img.example.com', '*.example.xn--p1ai']);
  });
});

describe("a row's overrides", () => {
  it('cannot say where requests and keys go, nor which files are read, nor whose agent it is', () => {
    const overrides = {
      account: 'other',
      instance_name: 'other',
      llm: { base_url: 'https://evil.example/v1', api_key_env: 'OPENAI_API_KEY', temperature: 1 },
      knowledge: { include: ['.env'] },
    };
    expect(problemOf(JSON.stringify(overrides, null, 2), rowLayerSchema)).toMatchInlineSnapshot(`
      "config.yaml:2: account: unknown key
      config.yaml:3: instance_name: unknown key
      config.yaml:5: llm.base_url: unknown key
      config.yaml:6: llm.api_key_env: unknown key
      config.yaml:9: knowledge: unknown key"
    `);
  });

  it('are refused every key of the operator by name, and those alone', () => {
    const overrides = (key: string) =>
      key.split('.').reduceRight<unknown>((value, name) => ({ [name]: value }), VALUES_OF_OPERATOR[key]);
    expect(Object.keys(VALUES_OF_OPERATOR)).toEqual(OPERATOR_KEYS);
    for (const key of OPERATOR_KEYS) {
      expect([key, agentLayerSchema.safeParse(overrides(key)).success]).toEqual([key, true]);
      expect(findOverrideProblems(overrides(key))).toEqual([`${key}: only whoever runs the server may set it`]);
    }
    const refused = findKeys(agentLayerSchema).filter((key) => !findKeys(rowLayerSchema).includes(key));
    expect(refused.every(isOperatorKey)).toBe(true);
    expect(findKeys(rowLayerSchema).filter(isOperatorKey)).toEqual([]);
  });

  it('may say everything else', () => {
    const overrides = {
      agent_type: 'sales',
      display_name: 'Other',
      llm: {
        inference_provider: 'together',
        model: 'm',
        temperature: 1,
        max_tokens: 10,
        timeout_seconds: 5,
        fallbacks: [{ inference_provider: 'openai', model: 'n' }],
      },
      tools: { vector_search: { enabled: false, max_results: 3 }, email_summary: { enabled: true } },
      context_management: { history_limit: 0 },
      widget: { title: 'T', starters: [] },
      allowed_origins: [],
      rate_limits: { max_requests_per_minute: 1 },
      budget: { monthly_usd: '0.50' },
      feature_flags: { enable_feedback: false },
    };
    expect(rowLayerSchema.parse(overrides)).toEqual(overrides);
  });
});

describe('a template', () => {
  it('cannot say whose it is or of which type', () => {
    expect(problemOf('agent_type: rag\naccount: a\ninstance_name: b\n', templateLayerSchema)).toMatchInlineSnapshot(`
      "config.yaml:1: agent_type: unknown key
      config.yaml:2: account: unknown key
      config.yaml:3: instance_name: unknown key"
    `);
  });
});

function problemOf(text: string, schema: Parameters<typeof parseYamlFile>[2] = agentLayerSchema): string {
  try {
    parseYamlFile('config.yaml', text, schema);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was wrong');
}

/** Every key that a schema knows, dotted. */
function findKeys(schema: z.ZodType): string[] {
  interface Described {
    properties?: Record<string, Described>;
  }
  const walk = ({ properties = {} }: Described, prefix: string): string[] =>
    Object.entries(properties).flatMap(([name, inner]) => [prefix + name].concat(walk(inner, `${prefix}${name}.`)));
  return walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described, '');
}
