// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import { parseOptions } from './parse-options.ts';
import { readAttributes } from './read-attributes.ts';
import { createReport } from './report-problem.ts';
import { resolveConfig } from './resolve-config.ts';

beforeEach(() => {
  vi.stubGlobal('CSS', { supports: (_: string, value: string) => /^(#[0-9a-f]{3,8}|[a-z]+)$/i.test(value) });
});

function parse(raw: object) {
  const problems: unknown[] = [];
  const report = (problem: unknown) => problems.push(problem);
  return { options: parseOptions({ ...raw }, report), problems };
}

const server = {
  title: 'From server',
  accent: '#123456',
  position: 'top-left',
  starters: ['a'],
  subtitle: null,
  sse_enabled: true,
  limits: { max_message_chars: 500, history_limit: 20 },
  feature_flags: { enable_feedback: true },
  image_hosts: ['img.example.com', 7],
  answers_locally: true,
};

test('attributes of a script tag and of the element read alike', () => {
  const script = document.createElement('script');
  script.setAttribute('data-offset-x', '8');
  script.setAttribute('data-z-index', '5');
  const element = document.createElement('salient-chat');
  element.setAttribute('offset-x', '8');
  element.setAttribute('z-index', '5');
  expect(readAttributes(script)).toEqual({ offsetX: '8', zIndex: '5' });
  expect(readAttributes(element)).toEqual({ offsetX: '8', zIndex: '5' });
});

test('strings become the types they stand for', () => {
  const raw = {
    offsetX: '8',
    open: '',
    copy: 'false',
    streaming: 'true',
    starters: '["a","b"]',
    backend: 'https://x.test/',
  };
  expect(parse(raw)).toEqual({
    options: { offsetX: 8, open: true, copy: false, streaming: true, starters: ['a', 'b'], backend: 'https://x.test' },
    problems: [],
  });
});

test('a script may pass the types themselves, and unknown names are left alone', () => {
  const raw = { offsetX: 8, open: true, copy: false, starters: ['a'], src: 'x.js', async: '', title: null };
  expect(parse(raw)).toEqual({ options: { offsetX: 8, open: true, copy: false, starters: ['a'] }, problems: [] });
});

test.each([
  ['mode', 'modal'],
  ['position', 'middle'],
  ['offsetX', '1em'],
  ['zIndex', '1e9'],
  ['theme', 'blue'],
  ['accent', 'red;}*{'],
  ['starters', '["a"'],
  ['starters', '[1]'],
  ['open', 'yes'],
  ['streaming', 'maybe'],
  ['preload', 'now'],
  ['dir', 'up'],
  ['backend', 'javascript:alert(1)'],
  ['title', ' '],
  ['locale', 'en_GB'],
  ['locale', 'Deutsch!'],
])('a wrong %s (%s) is reported by name and left out', (name, value) => {
  const { options, problems } = parse({ [name]: value });
  expect(options).toEqual({});
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${name}=.*is not valid$`));
});

test('the page goes before the server, and the server before the default', () => {
  const config = resolveConfig({ title: 'From page' }, server);
  expect(config).toMatchObject({
    title: 'From page',
    accent: '#123456',
    position: 'top-left',
    starters: ['a'],
    subtitle: '',
    offsetX: 20,
    maxMessageChars: 500,
    historyLimit: 20,
    feedback: true,
    answersLocally: true,
    imageHosts: ['img.example.com'],
  });
});

test('without a server, or with one that answers nonsense, the defaults hold', () => {
  const defaults = resolveConfig({});
  expect(defaults).toMatchObject({ account: 'default_account', agent: 'simple_chat1', theme: 'auto', feedback: false });
  for (const nonsense of [null, 'x', [], { limits: 1, accent: {}, starters: 'no', feature_flags: null }]) {
    expect(resolveConfig({}, nonsense)).toEqual(defaults);
  }
});

test('the server decides nothing but the look and the words', () => {
  const config = resolveConfig(
    {},
    { account: 'evil', agent: 'evil', backend: 'https://evil.test', mode: 'page', open: true },
  );
  expect(config).toMatchObject({ account: 'default_account', backend: '', mode: 'floating', open: false });
});

test.each([
  ['auto', true, true],
  ['auto', false, false],
  ['false', true, false],
  ['true', false, false],
])('streaming %s with a server that streams: %s is %s', (wish, serverStreams, streams) => {
  expect(resolveConfig(parse({ streaming: wish }).options, { sse_enabled: serverStreams }).streaming).toBe(streams);
});

test('the same problem is told once', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const report = createReport();
  report('"theme" cannot be "blue"..');
  report('"theme" cannot be "blue"..');
  expect(error.mock.calls).toEqual([['Salient:', '"theme" cannot be "blue"..']]);
});
