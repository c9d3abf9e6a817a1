import { z } from 'zod';
import { USAGE_GROUPS } from './summarize-usage.ts';

const MOST_DAYS = 366;
const DAY_MS = 86_400_000;

const day = z.iso.date('must be a date such as 2026-01-31');

/** Of `GET /accounts/{account}/admin/usage`. */
export const usageQuerySchema = z
  .object({
    from: day.optional().meta({ description: 'First day, UTC. Default: the first of the month of `to`.' }),
    to: day.optional().meta({ description: 'Last day, included. Default: today.' }),
    group_by: z.enum(USAGE_GROUPS).default('agent'),
  })
  .strict();

export type UsageQuery = z.output<typeof usageQuerySchema>;

/** @returns the period asked for; null when it is none, or longer than a year */
export function periodOf({ from, to }: Pick<UsageQuery, 'from' | 'to'>): { from: string; to: string } | null {
  const last = to ?? new Date().toISOString().slice(0, 10);
  const first = from ?? `${last.slice(0, 7)}-01`;
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS;
  return days >= 0 && days < MOST_DAYS ? { from: first, to: last } : null;
}
