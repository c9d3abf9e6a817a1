import { readFileSync } from 'node:fs';
import { findProvider } from '@pydantic/genai-prices';
import { describe, expect, test } from 'vitest';
import { parsePricing } from './parse-pricing.ts';
import type { OwnPrice } from './parse-pricing.ts';
import { rateFor } from './price.ts';
import type { Price } from './price.ts';
import { createPriceList } from './price-list.ts';
import { toPrice } from './published-price.ts';

const AT = new Date('2026-06-15T12:00:00Z');
const OWN: OwnPrice = {
  provider: 'openai_compatible',
  model: 'my-model',
  currency: 'USD',
  input: '0.60',
  cached_input: '0.15',
  output: '2.50',
  read_from: 'https://www.example.com/pricing',
  read_on: '2026-01-31',
};

function find(provider: string, model: string, at = AT, own: OwnPrice[] = []): Price | null {
  return createPriceList(own, { prompt: '5', completion: '25' }).findPrice({ provider, model, at });
}

function unitPrices(price: Price | null, promptTokens = 1): string[] | null {
  if (!price) return null;
  return [price.input, price.cachedInput, price.output].map((rate) => rateFor(rate, promptTokens).toFixed());
}

describe('published prices', () => {
  test.each([
    ['openai', 'gpt-4.1-nano', ['0.1', '0.025', '0.4']],
    ['openai', 'gpt-4.1-nano-2025-04-14', ['0.1', '0.025', '0.4']],
    ['openrouter', 'moonshotai/kimi-k2-0905', ['0.6', '0.6', '2.5']],
    ['together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', ['0.88', '0.88', '0.88']],
  ])('know %s %s', (provider, model, expected) => {
    expect(unitPrices(find(provider, model))).toEqual(expected);
  });

  test('depend on the length of the prompt where the provider says so', () => {
    const price = find('openrouter', 'anthropic/claude-sonnet-4.5');
    expect(unitPrices(price, 200_000)).toEqual(['3', '0.3', '15']);
    expect(unitPrices(price, 200_001)).toEqual(['6', '0.6', '22.5']);
  });

  test('are those of the day of the request', () => {
    expect(unitPrices(find('openai', 'o3', new Date('2025-06-09T12:00:00Z')))).not.toEqual(
      unitPrices(find('openai', 'o3', new Date('2025-06-11T12:00:00Z'))),
    );
  });

  test('count reasoning at its own rate where there is one', () => {
    const price = find('openrouter', 'perplexity/sonar-deep-research');
    expect(price && rateFor(price.reasoning, 1).toFixed()).toBe('3');
    expect(price && rateFor(price.output, 1).toFixed()).toBe('8');
  });

  test.each([
    ['openrouter', 'openrouter/auto'],
    ['openrouter', '~anthropic/claude-opus-latest'],
    ['openrouter', 'moonshotai/kimi-k2-0906'],
    ['openrouter', 'deepseek/deepseek-chat:free'],
    ['openai', 'gpt-4.1-nanoo'],
    ['openai', 'gpt-transcribe'],
    ['openai', ''],
    ['openai_compatible', 'gpt-4.1-nano'],
    ['nobody', 'gpt-4.1-nano'],
    ['local', 'gpt-4.1-nano'],
  ])('are never guessed: %s %s', (provider, model) => {
    expect(find(provider, model)).toBeNull();
  });

  test.each([
    ['nothing', {}],
    ['half', { input_mtok: 1 }],
    ['zero', { input_mtok: 0, output_mtok: 0 }],
    ['a negative rate', { input_mtok: -1, output_mtok: 2 }],
    ['an absurd rate', { input_mtok: 1, output_mtok: 20_000 }],
    ['no number', { input_mtok: Number.NaN, output_mtok: 2 }],
    ['a negative cache rate', { input_mtok: 1, output_mtok: 2, cache_read_mtok: -1 }],
    ['a negative tier', { input_mtok: { base: 1, tiers: [{ start: 9, price: -1 }] }, output_mtok: 2 }],
    ['a fee for every request', { input_mtok: 1, output_mtok: 2, requests_kcount: 5 }],
  ])('that are %s are unknown', (_name, rates) => {
    expect(toPrice(rates)).toBeNull();
  });

  test.each(['openai', 'openrouter', 'together'])('of %s are all sane or unknown', (provider) => {
    const models = findProvider({ providerId: provider })?.models ?? [];
    expect(models.length).toBeGreaterThan(50);
    for (const { id } of models) {
      const price = find(provider, id);
      if (price) expect(rateFor(price.output, 1).add(rateFor(price.input, 1)).gt(0), id).toBe(true);
    }
  });
});

describe('our own prices', () => {
  test('fill in what is not published', () => {
    expect(unitPrices(find('openai_compatible', 'my-model', AT, [OWN]))).toEqual(['0.6', '0.15', '2.5']);
    expect(find('openai_compatible', 'another', AT, [OWN])).toBeNull();
    expect(find('together', 'my-model', AT, [OWN])).toBeNull();
  });

  test('give way to published ones', () => {
    const own: OwnPrice = { ...OWN, provider: 'openai', model: 'gpt-4.1-nano' };
    expect(unitPrices(find('openai', 'gpt-4.1-nano', AT, [own]))).toEqual(['0.1', '0.025', '0.4']);
  });

  test('hold from the day they were read until a newer one was', () => {
    const list = [OWN, { ...OWN, input: '9.00', read_on: '2026-06-01' }];
    expect(unitPrices(find('openai_compatible', 'my-model', new Date('2026-05-31T23:59:59Z'), list))?.[0]).toBe('0.6');
    expect(unitPrices(find('openai_compatible', 'my-model', new Date('2026-06-01T00:00:00Z'), list))?.[0]).toBe('9');
    expect(find('openai_compatible', 'my-model', new Date('2026-01-30T00:00:00Z'), list)).toBeNull();
  });

  test('take cached tokens at the input price when they name no other', () => {
    const { cached_input: _, ...own } = OWN;
    expect(unitPrices(find('openai_compatible', 'my-model', AT, [own]))).toEqual(['0.6', '0.6', '2.5']);
  });
});

test('answers of the local provider cost nothing', () => {
  expect(unitPrices(find('local', 'local'))).toEqual(['0', '0', '0']);
});

describe('config/pricing.yaml', () => {
  const entry = `prices:
  - provider: openai_compatible
    model: my-model
    currency: USD
    input: "0.60"
    cached_input: "0.15"
    output: "2.50"
    read_from: https://www.example.com/pricing
    read_on: 2026-01-31
`;

  test('is read', () => {
    expect(parsePricing('pricing.yaml', entry)).toEqual([OWN]);
  });

  test('as shipped is valid, and so is the example in its comments', () => {
    const file = 'config/pricing.yaml';
    const text = readFileSync(new URL(`../../../../../${file}`, import.meta.url), 'utf8');
    expect(parsePricing(file, text)).toEqual([]);
    const example = text.slice(text.indexOf('# prices:'), text.indexOf('\nprices:')).replaceAll(/^# ?/gm, '');
    expect(parsePricing(file, example)).toHaveLength(1);
  });

  test.each([
    [
      'a number where a decimal must be quoted',
      '"0.60"',
      '0.60',
      'pricing.yaml:5: prices.0.input: must be a quoted decimal, such as "0.60"',
    ],
    [
      'a negative price',
      '"2.50"',
      '"-1"',
      'pricing.yaml:7: prices.0.output: must be US dollars per million tokens, 0 to 9999, with at most 8 decimals',
    ],
    ['another currency', 'USD', 'EUR', 'pricing.yaml:4: prices.0.currency: Invalid input: expected "USD"'],
    ['an unknown provider', 'openai_compatible', 'opnai', 'pricing.yaml:2: prices.0.provider: '],
    [
      'a day that is none',
      '2026-01-31',
      '2026-02-31',
      'pricing.yaml:9: prices.0.read_on: must be a date such as 2026-01-31',
    ],
    ['an unknown key', 'cached_input', 'cache_input', 'pricing.yaml:6: prices.0.cache_input: unknown key'],
    ['no source', '    read_from: https://www.example.com/pricing\n', '', 'pricing.yaml:2: prices.0.read_from: '],
  ])('names file, line and key of %s', (_name, right, wrong, message) => {
    expect(() => parsePricing('pricing.yaml', entry.replace(right, wrong))).toThrow(message);
  });
});
