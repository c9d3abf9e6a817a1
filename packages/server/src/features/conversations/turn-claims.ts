import type { AppSettings } from '../../config.ts';
import type { Claim, Correction } from '../../limits/index.ts';
import type { Agent } from '../agents/index.ts';

const MINUTE = 60;
const HOUR = 3_600;

export interface TurnClaimant {
  agent: Agent;
  /** Names the visitor. */
  sessionKey: string;
  /** The network that the message came from. Null: not from a visitor's browser. */
  network: string | null;
  /** What the turn may cost at most, as far as that can be told before. Null: nothing, because no model is paid. */
  tokens: number | null;
}

/** What a turn takes before it begins: one of each limit of turns, and its tokens. */
export interface TurnClaims {
  turns: Claim[];
  tokens: Claim[];
}

/** The limits of whoever asks and of whatever is asked. Each is of one account only, or one tenant could use up another's. */
export function claimsOfTurn(claimant: TurnClaimant, limits: AppSettings['limits']): TurnClaims {
  const { agent, sessionKey, network, tokens } = claimant;
  const { rateLimits } = agent.config;
  const visitor = `${agent.id} ${sessionKey}`;
  const address = `${agent.accountId} ${network}`;
  const { turns_per_minute: ofAddress, turns_per_hour: ofAddressLong } = limits.address;
  return {
    turns: [
      ...(network === null ? [] : claim('address', ofAddress, MINUTE, address)),
      ...(network === null ? [] : claim('address-hour', ofAddressLong, HOUR, address)),
      ...claim('visitor', rateLimits.maxRequestsPerMinute ?? limits.visitor.turns_per_minute, MINUTE, visitor),
      ...claim('agent', rateLimits.maxAgentRequestsPerMinute ?? limits.agent.turns_per_minute, MINUTE, agent.id),
      ...claim('account', limits.account.turns_per_hour, HOUR, agent.accountId),
    ],
    tokens:
      tokens === null
        ? []
        : [
            ...claim(
              'visitor-tokens',
              rateLimits.maxTokensPerHour ?? limits.visitor.tokens_per_hour,
              HOUR,
              visitor,
              tokens,
            ),
            ...claim(
              'agent-tokens',
              rateLimits.maxAgentTokensPerHour ?? limits.agent.tokens_per_hour,
              HOUR,
              agent.id,
              tokens,
            ),
          ],
  };
}

/** What a turn has used beside what it took, or left of it. */
export function correctionsOf(claims: readonly Claim[], used: number): Correction[] {
  return claims.map(({ limit, key, cost }) => ({ limit, key, by: used - Math.min(cost, limit.burst) }));
}

function claim(name: string, burst: number | null, perSeconds: number, key: string, cost = 1): Claim[] {
  return burst === null ? [] : [{ limit: { name, burst, perSeconds }, key, cost }];
}
