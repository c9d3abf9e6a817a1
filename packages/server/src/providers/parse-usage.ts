import { Decimal } from '../db/decimal.ts';
import { asRecord } from './as-record.ts';
import type { ReportedCost, ReportedUsage } from './model-provider.ts';

/** More than any model reads or writes in one call: a larger count is a fault, not a bill. */
const MAX_TOKENS = 100_000_000;
/** What one call can cost at most, in US dollars; also what the ledger's columns can hold. */
const MAX_COST_USD = 9_999;
/** xAI reports cost in ticks (docs.x.ai/developers/cost-tracking, read 2026-11-21). */
const TICKS_PER_USD = 10_000_000_000;

/**
 * Reads the `usage` object of a chat-completions reply, in every shape known from OpenAI, OpenRouter, Together,
 * DeepSeek, DeepInfra, Moonshot, Mistral, Perplexity, xAI and Groq. A count that is negative, fractional or absurd is
 * treated as missing, and so are counts of nothing at all: no call reads nothing.
 *
 * @returns the cost alone when the object does not say how many tokens went in and came out; null when it says neither
 */
export function parseUsage(value: unknown): ReportedUsage | ReportedCost | null {
  const usage = asRecord(value);
  const tokens = reportedTokens(usage);
  const cost = reportedCost(usage);
  if (tokens) return { ...tokens, ...cost };
  return cost.costUsd === null ? null : cost;
}

function reportedTokens(usage: Readonly<Record<string, unknown>>): Omit<ReportedUsage, keyof ReportedCost> | null {
  const total = readCount(usage['total_tokens']);
  const completion = readCount(usage['completion_tokens']);
  const prompt = readCount(usage['prompt_tokens']) ?? difference(total, completion);
  if (prompt === null) return null;
  const output = billableOutput(prompt, completion, total);
  if (output === null || prompt + output === 0) return null;

  return {
    promptTokens: prompt,
    cachedPromptTokens: cachedTokens(usage, prompt),
    completionTokens: output,
    reasoningTokens: Math.min(readCount(asRecord(usage['completion_tokens_details'])['reasoning_tokens']) ?? 0, output),
  };
}

/** xAI counts reasoning outside `completion_tokens` but inside `total_tokens`, and bills it. */
function billableOutput(prompt: number, completion: number | null, total: number | null): number | null {
  const rest = difference(total, prompt);
  if (rest === null || completion === null) return completion ?? rest;
  return Math.max(rest, completion);
}

function cachedTokens(usage: Readonly<Record<string, unknown>>, prompt: number): number {
  const cached =
    readCount(asRecord(usage['prompt_tokens_details'])['cached_tokens']) ??
    readCount(usage['prompt_cache_hit_tokens']) ??
    readCount(usage['cached_tokens']);
  return cached !== null && cached <= prompt ? cached : 0;
}

function reportedCost(usage: Readonly<Record<string, unknown>>): ReportedCost {
  // Perplexity: an object. OpenRouter: a number, its parts beside it. DeepInfra: what it will charge, under another name.
  const cost = asRecord(usage['cost']);
  const details = asRecord(usage['cost_details']);
  const total =
    readUsd(usage['cost']) ??
    readUsd(cost['total_cost']) ??
    readUsd(usage['cost_in_usd_ticks'], TICKS_PER_USD) ??
    readUsd(usage['estimated_cost']);
  // With the customer's own key at the upstream, `cost` is only OpenRouter's fee: the upstream bills the rest.
  const upstream = usage['is_byok'] === true ? readUsd(details['upstream_inference_cost']) : null;
  return {
    costUsd: format(total && upstream ? total.add(upstream) : total),
    promptCostUsd: format(readUsd(details['upstream_inference_prompt_cost']) ?? readUsd(cost['input_tokens_cost'])),
    completionCostUsd: format(
      readUsd(details['upstream_inference_completions_cost']) ?? readUsd(cost['output_tokens_cost']),
    ),
  };
}

function readCount(value: unknown): number | null {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_TOKENS ? Number(value) : null;
}

/** Exact: a Decimal takes the digits the number was written with, not its binary neighbour. */
function readUsd(value: unknown, perUsd = 1): Decimal | null {
  const written = typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?(e-?\d{1,2})?$/i.test(value));
  if (!written) return null;
  const amount = new Decimal(value).div(perUsd);
  return amount.isFinite() && !amount.isNegative() && amount.lte(MAX_COST_USD) ? amount : null;
}

function format(amount: Decimal | null): string | null {
  return amount === null ? null : amount.toFixed();
}

function difference(whole: number | null, part: number | null): number | null {
  return whole !== null && part !== null && whole >= part ? whole - part : null;
}
