import { PROVIDER_NAMES } from '@salient/shared-types';
import { z } from 'zod';
import { parseYamlFile } from '../../yaml-file.ts';

const price = z
  .string('must be a quoted decimal, such as "0.60"')
  .regex(/^\d{1,4}(\.\d{1,8})?$/, 'must be US dollars per million tokens, 0 to 9999, with at most 8 decimals');

const ownPriceSchema = z.strictObject({
  provider: z.enum(PROVIDER_NAMES).exclude(['local']),
  /** As the agent's configuration, or the provider's answer, names it. */
  model: z.string().min(1),
  currency: z.literal('USD'),
  /** Per million tokens. */
  input: price,
  /** Default: as `input`. */
  cached_input: price.optional(),
  output: price,
  /** Page on which the price stands. */
  read_from: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }),
  /** Day on which it was read; the price holds from then on. */
  read_on: z.iso.date('must be a date such as 2026-01-31'),
});

const pricingSchema = z.strictObject({ prices: z.array(ownPriceSchema).default([]) });

/** One entry of `config/pricing.yaml`. */
export type OwnPrice = z.output<typeof ownPriceSchema>;

/**
 * Reads `config/pricing.yaml`.
 *
 * @throws {YamlFileError} naming file, line and key of everything that is wrong
 */
export function parsePricing(file: string, text: string): OwnPrice[] {
  return parseYamlFile(file, text, pricingSchema).prices;
}
