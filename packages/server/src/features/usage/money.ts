import { Decimal } from '../../db/decimal.ts';

export { Decimal };

/** Decimals of a dollar that the ledger keeps: `NUMERIC(12,8)`. */
const USD_DECIMALS = 8;
/** The first amount that `NUMERIC(12,8)` cannot hold. */
export const USD_LIMIT = 10_000;

/** Rounds to what the ledger keeps; a tie goes to the even digit, so that sums do not drift. */
export function roundUsd(amount: Decimal): Decimal {
  return amount.toDecimalPlaces(USD_DECIMALS, Decimal.ROUND_HALF_EVEN);
}

/** An amount as it stands on the wire and in the ledger: plain digits, exactly eight decimals, no exponent. */
export function formatUsd(amount: Decimal): string {
  return amount.toFixed(USD_DECIMALS, Decimal.ROUND_HALF_EVEN);
}
