import type { BeginTurnInput, BeginTurnOutcome, Database } from '../../db/index.ts';
import { findTightest, rateLimited } from '../../http/rate-limit-headers.ts';
import type { Claim, Limits, Standing } from '../../limits/index.ts';

export interface LimitedTurn {
  begun: BeginTurnOutcome;
  /** The tightest limit of what was taken. Null when nothing was, or nothing is limited. */
  standing: Standing | null;
}

interface LimitedTurnDependencies {
  database: Pick<Database, 'turns'>;
  limits: Limits;
}

/**
 * Begins a turn if its limits let it. A message that has begun its turn before, or begins it at this moment elsewhere,
 * costs nothing, whatever the limits say; neither does one that begins none.
 *
 * @throws {AppError} RATE_LIMIT_EXCEEDED
 */
export async function beginLimitedTurn(
  { database, limits }: LimitedTurnDependencies,
  input: BeginTurnInput,
  claims: readonly Claim[],
): Promise<LimitedTurn> {
  const { begun, standings } = await takeAndBegin(database, limits, input, claims);
  if (begun) return { begun, standing: begun.outcome === 'created' ? findTightest(standings) : null };

  const joined = input.clientMessageId === null ? null : await database.turns.joinTurn(input);
  if (joined) return { begun: joined, standing: null };
  const refused = findTightest(standings);
  if (!refused) throw new Error('refused by no limit');
  throw rateLimited(refused);
}

async function takeAndBegin(
  database: LimitedTurnDependencies['database'],
  limits: Limits,
  input: BeginTurnInput,
  claims: readonly Claim[],
): Promise<{ begun: BeginTurnOutcome | null; standings: Standing[] }> {
  const beside = await limits.takeBeside(claims);
  if (beside === null) {
    const { begun, taken } = await database.turns.beginLimitedTurn(input, limits.timed(claims));
    return { begun, standings: limits.standings(claims, taken) };
  }
  const standings = limits.standings(claims, beside);
  return { begun: beside.allowed ? await beginTaken(database, limits, input, claims) : null, standings };
}

async function beginTaken(
  database: LimitedTurnDependencies['database'],
  limits: Limits,
  input: BeginTurnInput,
  claims: readonly Claim[],
): Promise<BeginTurnOutcome> {
  let isBegun = false;
  try {
    const begun = await database.turns.beginTurn(input);
    isBegun = begun.outcome === 'created';
    return begun;
  } finally {
    if (!isBegun) await limits.giveBackAll(claims);
  }
}
