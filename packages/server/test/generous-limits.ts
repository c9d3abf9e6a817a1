/** Many times what any test sends: limits are counted in every test, and met only where they are meant to be. */
const PLENTY = 10_000_000;

/** The section `limits` of app.yaml for tests. What a test says of a key goes over it. */
export function generousLimits(own: Record<string, unknown> = {}): Record<string, unknown> {
  const generous: Record<string, Record<string, number>> = {
    address: {
      turns_per_minute: PLENTY,
      turns_per_hour: PLENTY,
      changes_per_minute: PLENTY,
      requests_per_minute: PLENTY,
    },
    visitor: { turns_per_minute: PLENTY, tokens_per_hour: PLENTY },
    agent: { turns_per_minute: PLENTY, tokens_per_hour: PLENTY },
    account: { turns_per_hour: PLENTY },
  };
  return {
    ...own,
    ...Object.fromEntries(Object.entries(generous).map(([who, limits]) => [who, { ...limits, ...asObject(own[who]) }])),
  };
}

/** `rate_limits` of a test's agent, over those of its template. */
export const GENEROUS_AGENT = { max_requests_per_minute: PLENTY, max_tokens_per_hour: PLENTY };

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
