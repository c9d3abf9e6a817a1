import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseYamlFile, YamlFileError } from './yaml-file.ts';

const schema = z.strictObject({
  name: z.string().optional(),
  llm: z.strictObject({ temperature: z.number().max(2).optional(), model: z.string() }).optional(),
  starters: z.array(z.string()).optional(),
  fallbacks: z.array(z.strictObject({ model: z.string() })).optional(),
  flags: z.record(z.string().regex(/^[a-z]+$/, 'must be a lower-case word'), z.boolean()).optional(),
});

const parse = (text: string) => parseYamlFile('agent.yaml', text, schema);

function problemOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(YamlFileError);
    return (error as Error).message;
  }
  throw new Error('nothing was wrong');
}

describe('parseYamlFile', () => {
  it('returns what the file says', () => {
    expect(parse('name: A # the first\nllm: { model: m, temperature: 0.5 }\nstarters: [a, "b: c"]\n')).toEqual({
      name: 'A',
      llm: { model: 'm', temperature: 0.5 },
      starters: ['a', 'b: c'],
    });
  });

  it.each(['', '\n', '# only a comment\n', '---\n', '\uFEFF'])('takes %j as an empty object', (text) => {
    expect(parse(text)).toEqual({});
  });

  it('reads Windows line ends and a byte order mark', () => {
    expect(parse('\uFEFFname: A\r\nllm:\r\n  model: m\r\n')).toEqual({ name: 'A', llm: { model: 'm' } });
    expect(problemOf('name: A\r\nllm:\r\n  modle: m\r\n')).toContain('agent.yaml:3: llm.modle: unknown key');
  });

  it('names every wrong value and unknown key, each at the line of its key', () => {
    expect(
      problemOf(`name: 5
llm:
  # warmer
  temperature: hot
  modle: x
starters:
  - fine
  - [not, fine]
fallbacks:
  - model: m
    temperature: 1
flags:
  Loud: true
  quiet: 3
widgets:
  title: Hello
`),
    ).toMatchInlineSnapshot(`
      "agent.yaml:1: name: Invalid input: expected string, received number
      agent.yaml:2: llm.model: Invalid input: expected string, received undefined
      agent.yaml:4: llm.temperature: Invalid input: expected number, received string
      agent.yaml:5: llm.modle: unknown key
      agent.yaml:8: starters.1: Invalid input: expected string, received array
      agent.yaml:11: fallbacks.0.temperature: unknown key
      agent.yaml:13: flags.Loud: must be a lower-case word
      agent.yaml:14: flags.quiet: Invalid input: expected boolean, received number
      agent.yaml:15: widgets: unknown key"
    `);
  });

  it('names a value out of range, and an empty section', () => {
    expect(problemOf('llm: { model: m, temperature: 3 }\n')).toMatchInlineSnapshot(
      `"agent.yaml:1: llm.temperature: Too big: expected number to be <=2"`,
    );
    expect(problemOf('name: A\nllm:\n  # all commented out\nstarters: []\n')).toMatchInlineSnapshot(
      `"agent.yaml:2: llm: Invalid input: expected object, received null"`,
    );
  });

  it('names the second of two equal keys', () => {
    expect(problemOf('name: A\nllm:\n  model: m\n  temperature: 1\n  model: n\n')).toMatchInlineSnapshot(
      `"agent.yaml:5: llm.model: the key is here a second time"`,
    );
    expect(problemOf('name: A\nllm: { model: m }\nname: B\n')).toMatchInlineSnapshot(
      `"agent.yaml:3: name: the key is here a second time"`,
    );
  });

  it('names what is no YAML by the line and the last key before it', () => {
    expect(problemOf('name: A\nstarters: [a, b\nllm: {}\n')).toMatchInlineSnapshot(
      `"agent.yaml:3: llm: Flow sequence in block collection must be sufficiently indented and end with a ]"`,
    );
    expect(problemOf('name: A\nllm:\n  model: "open\n')).toMatchInlineSnapshot(
      `"agent.yaml:4: llm.model: Missing closing "quote"`,
    );
    expect(problemOf('name: A\n\tllm: m\n')).toMatchInlineSnapshot(
      `"agent.yaml:2: name: Tabs are not allowed as indentation"`,
    );
    expect(problemOf('llm:\n    model: m\n  temperature: 1\n')).toMatchInlineSnapshot(
      `"agent.yaml:3: llm.model: All mapping items must start at the same column"`,
    );
    expect(problemOf('name: A\n---\nname: B\n')).toMatchInlineSnapshot(
      `"agent.yaml:2: name: a second document begins here; a file holds one"`,
    );
  });

  it('refuses what is not an object', () => {
    expect(problemOf('- a\n- b\n')).toMatchInlineSnapshot(
      `"agent.yaml:1: (file): Invalid input: expected object, received array"`,
    );
    expect(problemOf('just text\n')).toMatchInlineSnapshot(
      `"agent.yaml:1: (file): Invalid input: expected object, received string"`,
    );
  });

  it('refuses unknown aliases and those that would grow without bound', () => {
    expect(problemOf('name: *nobody\n')).toMatchInlineSnapshot(
      `"agent.yaml:1: (file): Unresolved alias (the anchor must be set before the alias): nobody"`,
    );
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );
    expect(problemOf(['l0: &l0 [x]', ...levels].join('\n'))).toMatchInlineSnapshot(
      `"agent.yaml:1: (file): Excessive alias count indicates a resource exhaustion attack"`,
    );
  });

  it('does not let a key reach the prototype', () => {
    expect(problemOf('__proto__: { name: x }\nconstructor: y\n')).toMatchInlineSnapshot(`
      "agent.yaml:1: __proto__: unknown key
      agent.yaml:2: constructor: unknown key"
    `);
    expect(({} as Record<string, unknown>)['name']).toBeUndefined();
  });
});
