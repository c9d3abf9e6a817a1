import { describe, expect, test } from 'vitest';
import type { ReportedUsage } from '../../providers/model-provider.ts';
import { costOf } from './cost-of.ts';
import { Decimal, formatUsd } from './money.ts';
import { toFlatRate } from './price.ts';
import type { Price, Rate } from './price.ts';

const USAGE: ReportedUsage = {
  promptTokens: 1000,
  cachedPromptTokens: 0,
  completionTokens: 100,
  reasoningTokens: 0,
  costUsd: null,
  promptCostUsd: null,
  completionCostUsd: null,
};
const PRICE: Price = {
  input: rate('0.60'),
  cachedInput: rate('0.15'),
  output: rate('2.50'),
  reasoning: rate('3.00'),
  source: 'a list',
};
const UNKNOWN = {
  promptUnitCost: null,
  completionUnitCost: null,
  promptCost: null,
  completionCost: null,
  totalCost: null,
  costSource: 'unknown',
};

function rate(perMillion: string): Rate {
  const flat = toFlatRate(perMillion);
  if (!flat) throw new Error(`no price: ${perMillion}`);
  return flat;
}

describe('from tokens and price', () => {
  test('is exact, with eight decimals', () => {
    expect(costOf({ usage: USAGE, price: PRICE })).toEqual({
      promptUnitCost: '0.60000000',
      completionUnitCost: '2.50000000',
      promptCost: '0.00060000',
      completionCost: '0.00025000',
      totalCost: '0.00085000',
      costSource: 'price_table',
    });
  });

  test('counts cached and reasoning tokens at their own rates', () => {
    const usage = { ...USAGE, cachedPromptTokens: 900, reasoningTokens: 60 };
    expect(costOf({ usage, price: PRICE })).toMatchObject({
      promptCost: '0.00019500',
      completionCost: '0.00028000',
      totalCost: '0.00047500',
    });
  });

  test('takes the rates for the length of the prompt', () => {
    const tiered: Rate = { base: new Decimal(3), tiers: [{ abovePromptTokens: 200_000, price: new Decimal(6) }] };
    const price = { ...PRICE, input: tiered };
    expect(costOf({ usage: { ...USAGE, promptTokens: 200_000 }, price })).toMatchObject({ promptCost: '0.60000000' });
    expect(costOf({ usage: { ...USAGE, promptTokens: 200_001 }, price })).toMatchObject({
      promptUnitCost: '6.00000000',
      promptCost: '1.20000600',
    });
  });

  test.each([
    ['0.005', '0.00000000'],
    ['0.015', '0.00000002'],
    ['0.025', '0.00000002'],
    ['0.0250001', '0.00000003'],
    ['0.1', '0.00000010'],
  ])('rounds half to even, once: one token at %s a million', (perMillion, expected) => {
    const usage = { ...USAGE, promptTokens: 1, completionTokens: 0 };
    expect(costOf({ usage, price: { ...PRICE, input: rate(perMillion) } }).promptCost).toBe(expected);
  });

  test('never uses an exponent', () => {
    const usage = { ...USAGE, promptTokens: 1, completionTokens: 0 };
    expect(costOf({ usage, price: { ...PRICE, input: rate('0.01') } }).totalCost).toBe('0.00000001');
  });

  test('of nothing is nothing, known to be so', () => {
    const free = { ...PRICE, input: rate('0'), cachedInput: rate('0'), output: rate('0'), reasoning: rate('0') };
    expect(costOf({ usage: USAGE, price: free })).toMatchObject({ totalCost: '0.00000000', costSource: 'price_table' });
  });
});

describe('unknown', () => {
  test('is null, never 0', () => {
    expect(costOf({ usage: USAGE, price: null })).toEqual(UNKNOWN);
  });

  test('is what the ledger cannot hold', () => {
    const usage = { ...USAGE, promptTokens: 1_000_000_000 };
    expect(costOf({ usage, price: { ...PRICE, input: rate('10') } })).toEqual(UNKNOWN);
    expect(costOf({ usage: { ...USAGE, costUsd: '9999.999999999' }, price: null })).toEqual(UNKNOWN);
  });
});

describe('as the provider reports it', () => {
  test('wins over the price', () => {
    expect(costOf({ usage: { ...USAGE, costUsd: '0.00503' }, price: PRICE })).toEqual({
      ...UNKNOWN,
      totalCost: '0.00503000',
      costSource: 'provider',
    });
  });

  test('keeps its parts when they add up', () => {
    const usage = { ...USAGE, costUsd: '0.00014', promptCostUsd: '0.00004', completionCostUsd: '0.0001' };
    expect(costOf({ usage, price: null })).toMatchObject({ promptCost: '0.00004000', completionCost: '0.00010000' });
  });

  test('gives parts that add up after rounding, too', () => {
    const usage = { ...USAGE, costUsd: '0.000000030', promptCostUsd: '0.000000014', completionCostUsd: '0.000000016' };
    expect(costOf({ usage, price: null })).toMatchObject({
      promptCost: '0.00000001',
      completionCost: '0.00000002',
      totalCost: '0.00000003',
    });
  });

  test.each([
    ['they do not add up', { promptCostUsd: '0.00004', completionCostUsd: '0.0002' }],
    ['one is missing', { promptCostUsd: '0.00004' }],
  ])('drops its parts when %s', (_name, parts) => {
    const cost = costOf({ usage: { ...USAGE, costUsd: '0.00014', ...parts }, price: PRICE });
    expect(cost).toMatchObject({ promptCost: null, completionCost: null, totalCost: '0.00014000' });
  });
});

test('a million rows add up to the last digit', () => {
  const costs = Array.from({ length: 1000 }, (_, index) =>
    costOf({ usage: { ...USAGE, promptTokens: 7919 * index, completionTokens: 1013 * index }, price: PRICE }),
  );
  let counted = 0n;
  let sum = new Decimal(0);
  for (let row = 0; row < 1_000_000; row += 1) {
    const { promptCost, completionCost, totalCost } = costs[(row * 7) % costs.length] ?? UNKNOWN;
    counted += toUnits(promptCost) + toUnits(completionCost);
    sum = sum.add(totalCost ?? Number.NaN);
  }
  expect(formatUsd(sum)).toBe(formatUsd(new Decimal(counted.toString()).div(100_000_000)));
});

function toUnits(cost: string | null): bigint {
  return BigInt((cost ?? '').replace('.', ''));
}
