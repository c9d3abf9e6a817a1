/** What one turn cost. Money is US dollars as a decimal string, or null when no price is known (never "0"). */
export interface Usage {
  provider: string;
  /** The model that answered, as the provider names it. */
  model: string;
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_cost: string | null;
  completion_cost: string | null;
  total_cost: string | null;
  cost_source: 'provider' | 'price_table' | 'unknown';
  usage_source: 'provider' | 'estimated';
  latency_ms: number;
  /** Null when no token ever came. */
  time_to_first_token_ms: number | null;
}

/** `GET /api/session/{session_id}/usage`: the sum over a session's model requests. */
export interface SessionUsage {
  session_id: string;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  /** The exact sum of the priced requests, as a decimal string. */
  total_cost: string;
  /** How many requests have no known price and so are not in `total_cost`. */
  unpriced_requests: number;
}
