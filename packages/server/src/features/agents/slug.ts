import { z } from 'zod';

const SLUG = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

/** An account or agent in an address. Excludes everything a path could be made of. */
export const slugSchema = z.string().regex(SLUG, 'must be 1 to 64 letters, digits, - or _');

/** The parameters of every address that names an agent. */
export const agentPathSchema = z.object({ account: slugSchema, agent: slugSchema });
